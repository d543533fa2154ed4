import { SluiceError } from '../../../lib/core/errors.ts';

const kinds = {
  'application/json': 'application/json',
  'application/*': 'application/json',
  '*/*': 'application/json',
  'application/x-ndjson': 'application/x-ndjson',
  'text/csv': 'text/csv',
  'text/*': 'text/csv',
} as const;

export type AuditKind = (typeof kinds)[keyof typeof kinds];

/**
 * The form of the answer that `Accept` likes best (RFC 9110, 12.5.1); JSON when it does not say. Throws
 * `not_acceptable` when it takes none of ours.
 */
export function auditKindOf(accept: string | undefined): AuditKind {
  if (accept === undefined || accept.trim() === '') return 'application/json';
  const wished = accept.split(',').map(readRange);
  const known = wished.filter(({ kind, weight }) => kind !== undefined && weight > 0);
  const [best] = known.sort((one, other) => other.weight - one.weight);
  if (best?.kind !== undefined) return best.kind;
  throw new SluiceError('not_acceptable', {
    message: 'Ask for application/x-ndjson, text/csv or application/json.',
  });
}

function readRange(text: string): {
  readonly kind: AuditKind | undefined;
  readonly weight: number;
} {
  const [range = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const quality = parameters.find((part) => part.startsWith('q='));
  const kind = Object.entries(kinds).find(([name]) => name === range)?.[1];
  return { kind, weight: quality === undefined ? 1 : Number(quality.slice(2)) };
}
