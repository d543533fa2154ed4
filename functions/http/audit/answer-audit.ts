import type { AuditQuery, VerifyQuery } from '../../../lib/api/audit.ts';
import { operatorChain } from '../../../lib/core/audit/audit-event.ts';
import { canonicalJson } from '../../../lib/core/audit/canonical-json.ts';
import type { AuditPage } from '../../../lib/core/audit/list-events.ts';
import type { Verdict } from '../../../lib/core/audit/verify-chain.ts';
import { SluiceError } from '../../../lib/core/errors.ts';
import { limits } from '../../../lib/core/limits.ts';
import type { Services } from '../../services.ts';
import { type Answer, json, noted } from '../answer.ts';
import { auditCsv } from './audit-csv.ts';
import { type AuditKind, auditKindOf } from './negotiate.ts';

/** One page of a chain in the form that the caller asks for, with a link to the next one. */
export async function answerAuditPage(
  { audit }: Services,
  { chain, path, query, accept }: AuditOrder,
): Promise<Answer> {
  const kind = auditKindOf(accept);
  const { limit = limits.auditPageEventsMax, cursor, ...filter } = query;
  const page = await audit.list(chain, filter, {
    limit,
    ...(cursor === undefined ? {} : { cursor }),
  });
  const content = { type: typeOf[kind], bytes: Buffer.from(bodyOf(kind, page)) };
  const headers = linkTo(path, query, page.nextCursor);
  const details = { count: page.items.length };
  return noted({ status: 200, headers, content }, { targetId: chain, details });
}

export interface AuditOrder {
  readonly chain: string;
  /** Below `/api/`. */
  readonly path: string;
  readonly query: AuditQuery;
  readonly accept: string | undefined;
}

/** The outcome of verifying a chain; a broken one is an answer, not an error. */
export async function answerVerdict(
  { audit, log }: Services,
  chain: string,
  { cursor, since }: VerifyQuery,
): Promise<Answer> {
  const verdict = await audit.verify(chain, {
    ...(cursor === undefined ? {} : { cursor }),
    sinceSeal: since === 'seal',
  });
  if (!verdict.ok) {
    const { seq, reason } = verdict.firstBroken ?? {};
    log.error('an audit chain is broken', brokenChain(verdict), { chain, seq, reason });
  }
  const { ok, toSeq } = verdict;
  const name = chain === operatorChain ? 'operator' : chain;
  const answer = json(200, { ...verdict, chain: name, hashing });
  return noted(answer, {
    targetId: chain,
    details: { upToSeq: toSeq, status: ok ? 'ok' : 'broken' },
  });
}

/** Beside the answer, so that whoever holds the events can check them without us. */
const hashing =
  '`hash` is the SHA-256 (hex) of the canonical JSON (RFC 8785) of the event without `hash`, in UTF-8. `prevHash` is the `hash` of the event before, 64 zeros before the first. As application/x-ndjson each line of the log is an event as it is hashed.';

const typeOf = {
  'application/json': 'application/json',
  'application/x-ndjson': 'application/x-ndjson',
  'text/csv': 'text/csv; charset=utf-8; header=present',
} as const satisfies Record<AuditKind, string>;

function bodyOf(kind: AuditKind, { items, nextCursor }: AuditPage): string | Uint8Array {
  if (kind === 'text/csv') return auditCsv(items);
  if (kind === 'application/json') return JSON.stringify({ items, nextCursor });
  return items.map((event) => `${canonicalJson(event)}\n`).join('');
}

function linkTo(
  path: string,
  query: AuditQuery,
  nextCursor: string | undefined,
): Readonly<Record<string, string>> {
  if (nextCursor === undefined) return {};
  const { from, to, limit, ...texts } = query;
  const parameters = new URLSearchParams({
    ...texts,
    ...(from === undefined ? {} : { from: from.toISOString() }),
    ...(to === undefined ? {} : { to: to.toISOString() }),
    ...(limit === undefined ? {} : { limit: String(limit) }),
    cursor: nextCursor,
  });
  return { link: `</api/${path}?${parameters}>; rel="next"` };
}

function brokenChain({ chain, firstBroken }: Verdict): SluiceError {
  return new SluiceError('internal_error', {
    internal: `The audit chain ${chain} is broken at ${firstBroken?.seq ?? 0}: ${firstBroken?.reason ?? ''}.`,
  });
}
