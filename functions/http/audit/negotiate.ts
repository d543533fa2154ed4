import { SluiceError } from '../../../lib/core/errors.ts';

/** In the order of our own liking, which decides between kinds that are liked equally. */
const kinds = ['application/json', 'application/x-ndjson', 'text/csv'] as const;

export type AuditKind = (typeof kinds)[number];

/**
 * The form of the answer that `Accept` likes best; JSON when it does not say. The most specific range
 * that names a kind decides about it, and `q=0` rules it out (RFC 9110, 12.5.1). Throws `not_acceptable`
 * when it takes none of ours.
 */
export function auditKindOf(accept: string | undefined): AuditKind {
  if (accept === undefined || accept.trim() === '') return 'application/json';
  const ranges = accept.split(',').map(readRange);
  const weighed = kinds.map((kind) => ({ kind, weight: weightOf(kind, ranges) }));
  const [best] = weighed
    .filter(({ weight }) => weight > 0)
    .sort((one, other) => other.weight - one.weight);
  if (best !== undefined) return best.kind;
  throw new SluiceError('not_acceptable', {
    message: 'Ask for application/x-ndjson, text/csv or application/json.',
  });
}

/** One media range; parameters other than the weight say nothing about our kinds. */
interface Range {
  readonly name: string;
  readonly weight: number;
}

function readRange(text: string): Range {
  const [name = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const quality = parameters.find((part) => /^q\s*=/.test(part))?.replace(/^q\s*=\s*/, '');
  return { name, weight: quality === undefined ? 1 : weightFrom(quality) };
}

/** What is no weight counts as none was sent: a client's slip should not cost it the answer. */
function weightFrom(text: string): number {
  return /^(0(\.\d{0,3})?|1(\.0{0,3})?)$/.test(text) ? Number(text) : 1;
}

function weightOf(kind: AuditKind, ranges: readonly Range[]): number {
  const bySpecificity = [kind, `${kind.split('/')[0]}/*`, '*/*'];
  for (const name of bySpecificity) {
    const named = ranges.filter((range) => range.name === name);
    if (named.length > 0) return Math.max(...named.map(({ weight }) => weight));
  }
  return 0;
}
