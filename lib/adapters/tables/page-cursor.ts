import { createHash } from 'node:crypto';
import { SluiceError } from '../../core/errors.ts';

/** Which list a cursor belongs to; it leads on in no other one. */
export interface CursorScope {
  readonly table: string;
  readonly partition: string;
}

/**
 * An opaque text that leads to the rows after this one. The digest notices accidents and cursors of
 * other lists; it is no secret, and needs none: a query never leaves the caller's own partition.
 */
export function encodeCursor(scope: CursorScope, afterRow: string): string {
  const text = JSON.stringify({ after: afterRow, of: digest(scope, afterRow) });
  return Buffer.from(text, 'utf8').toString('base64url');
}

/** The row to go on after. Throws `invalid_query` for whatever is no cursor of this list. */
export function decodeCursor(scope: CursorScope, cursor: string): string {
  const after = parse(cursor);
  if (after === undefined || encodeCursor(scope, after) !== cursor) throw invalidCursor();
  return after;
}

function parse(cursor: string): string | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (typeof value !== 'object' || value === null || !('after' in value)) return undefined;
    return typeof value.after === 'string' ? value.after : undefined;
  } catch {
    return undefined;
  }
}

function digest({ table, partition }: CursorScope, afterRow: string): string {
  const text = JSON.stringify([table, partition, afterRow]);
  return createHash('sha256').update(text).digest('base64url').slice(0, 16);
}

function invalidCursor(): SluiceError {
  return new SluiceError('invalid_query', {
    message: 'The cursor does not belong to this list. Take it from `nextCursor` as it is.',
    mistakes: [{ pointer: '/cursor', message: 'Not a cursor of this list.' }],
  });
}
