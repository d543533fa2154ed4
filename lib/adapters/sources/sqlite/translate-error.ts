import { type ErrorCode, SluiceError } from '../../../core/errors.ts';
import { rowTooLarge } from './row-too-large.ts';

/** Where an error came from; a table's public name may be shown to the caller. */
export interface ErrorPlace {
  readonly source: string;
  readonly step: 'open' | 'query';
  readonly table?: string;
}

/**
 * Turns what node:sqlite throws into a SluiceError. SQLite's own text may hold SQL or values, so it
 * stays in the cause; the texts hold the result code and our words.
 */
export function translateError(error: unknown, place: ErrorPlace): SluiceError {
  if (error instanceof SluiceError) return error;
  const resultCode = resultCodeOf(error);
  if (resultCode === tooBig) return rowTooLarge(place.table ?? '');
  const isUnreachable = place.step === 'open' || unreachable.has(resultCode);
  const code: ErrorCode = isUnreachable ? 'source_unreachable' : 'query_failed';
  const what = place.table === undefined ? 'the data source' : `the table "${place.table}"`;
  return new SluiceError(code, {
    message: isUnreachable
      ? 'The data source cannot be opened just now. Try again later.'
      : `The data source could not read ${what}. Tell the operator.`,
    internal: internalOf(resultCode, place),
    cause: error,
  });
}

/** The abort's own error when it is one of ours, else `cancelled`; undefined while nothing is aborted. */
export function abortedBy(signal: AbortSignal): SluiceError | undefined {
  if (!signal.aborted) return undefined;
  return signal.reason instanceof SluiceError ? signal.reason : new SluiceError('cancelled');
}

/** SQLITE_TOOBIG: a value is over the limit of the connection. */
const tooBig = 18;

// SQLITE_BUSY, SQLITE_LOCKED, SQLITE_READONLY, SQLITE_CANTOPEN, SQLITE_NOTADB.
const unreachable: ReadonlySet<number> = new Set([5, 6, 8, 14, 26]);

const hints: Readonly<Record<number, string>> = {
  5: ' Somebody holds a lock on the file: put it into WAL mode (pragma journal_mode = wal).',
  8: ' A writer died and left a journal that a reader may not roll back: open the file once with its own program.',
  11: ' The file is damaged: run pragma integrity_check on it.',
  14: ' The file does not exist or may not be read: check "file" of the source in the catalog.',
  26: ' The file is not an SQLite database: check "file" of the source in the catalog.',
};

function internalOf(resultCode: number, place: ErrorPlace): string {
  const table = place.table === undefined ? '' : `, table ${place.table}`;
  const hint = hints[resultCode] ?? '';
  return `Source ${place.source}${table}: ${place.step} failed with SQLite code ${resultCode}.${hint}`;
}

function resultCodeOf(error: unknown): number {
  const hasCode = error instanceof Error && 'errcode' in error && typeof error.errcode === 'number';
  // The lower byte is the primary code; the rest only says more about it.
  return hasCode ? Number(error.errcode) & 0xff : 0;
}
