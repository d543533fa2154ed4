import { compactVerify, createLocalJWKSet } from 'jose';
import type { Signer } from '../signing/signer.ts';
import type { AuditEvent } from './audit-event.ts';
import type { AuditCheckpoint, AuditHead, AuditRow, AuditStore } from './audit-store.ts';
import { canonicalJson } from './canonical-json.ts';
import { genesisHash, hashEvent } from './event-hash.ts';

export interface VerifyDeps {
  readonly store: AuditStore;
  readonly signer: Pick<Signer, 'publicKeys'>;
}

/**
 * Why a chain is broken. `missing`: a number has no row. `row_altered`: a row cannot be read or tells two
 * stories. `hash` and `link`: an event was changed, or does not follow the one before. `place`: it stands
 * where another should. `truncated` and `beyond_head`: the head names another end than the rows.
 * `month`: the months do not join. `checkpoint`: its signature is wrong.
 */
export type BreakReason =
  | 'missing'
  | 'row_altered'
  | 'hash'
  | 'link'
  | 'place'
  | 'truncated'
  | 'beyond_head'
  | 'month'
  | 'checkpoint';

export interface Verdict {
  readonly ok: boolean;
  readonly chain: string;
  /** The first event that was looked at; what a checkpoint stands for is not. */
  readonly fromSeq: number;
  /** The last one that holds; `fromSeq - 1` when there was none. */
  readonly toSeq: number;
  /** Of the last one that holds. */
  readonly headHash: string;
  readonly firstBroken?: { readonly seq: number; readonly reason: BreakReason };
}

/** The last link that holds, on the way through a chain. */
interface Link {
  readonly seq: number;
  readonly hash: string;
}

interface Break {
  readonly broken: BreakReason;
  readonly at: number;
  readonly last: Link;
}

interface MonthEnd extends Link {
  readonly head: AuditHead;
}

type Step = Link | Break;

/**
 * Reads a whole chain from its newest checkpoint to its head, and says where it first breaks. A checkpoint
 * may be signed by any published key, so a chain outlives the rotation of the signing key.
 */
export async function verifyChain(deps: VerifyDeps, chain: string): Promise<Verdict> {
  const checkpoint = await deps.store.newestCheckpoint(chain);
  const start = { seq: checkpoint?.upToSeq ?? 0, hash: checkpoint?.hash ?? genesisHash };
  const isSealed = checkpoint === undefined || (await isSigned(deps, checkpoint));
  const end = isSealed
    ? await followMonths(deps.store, chain, checkpoint, start)
    : { broken: 'checkpoint' as const, at: start.seq, last: start };
  const last = 'broken' in end ? end.last : end;
  return {
    ok: !('broken' in end),
    chain,
    fromSeq: start.seq + 1,
    toSeq: last.seq,
    headHash: last.hash,
    ...('broken' in end ? { firstBroken: { seq: end.at, reason: end.broken } } : {}),
  };
}

async function isSigned(
  { signer }: VerifyDeps,
  { signature, ...facts }: AuditCheckpoint,
): Promise<boolean> {
  // Without the keys nothing can be said: that is an outage, and no broken chain.
  const keys = createLocalJWKSet(await signer.publicKeys());
  try {
    const { payload } = await compactVerify(signature, keys, { algorithms: ['EdDSA'] });
    return new TextDecoder().decode(payload) === canonicalJson(facts);
  } catch {
    return false;
  }
}

/** Goes from month to month as their heads point, so that a month that begins meanwhile does no harm. */
async function followMonths(
  store: AuditStore,
  chain: string,
  checkpoint: AuditCheckpoint | undefined,
  start: Link,
): Promise<Step> {
  const months = await store.months(chain);
  const left = new Set(months.filter((month) => month > (checkpoint?.month ?? '')));
  let month = await firstWithRows(store, chain, left);
  let link = start;
  while (month !== undefined) {
    const end = await followMonth(store, chain, month, link);
    if ('broken' in end) return end;
    left.delete(month);
    link = end;
    month = end.head.closedTo;
  }
  for (const unseen of left) {
    if (!(await isHarmless(store, chain, unseen, link))) return brokenAt('month', link);
  }
  return link;
}

/** Months that were announced and not opened are passed over. */
async function firstWithRows(
  store: AuditStore,
  chain: string,
  months: ReadonlySet<string>,
): Promise<string | undefined> {
  for (const month of months) {
    if (!(await isEmpty(store, chain, month))) return month;
  }
  return undefined;
}

async function isEmpty(store: AuditStore, chain: string, month: string): Promise<boolean> {
  if ((await store.findHead(chain, month)) !== undefined) return false;
  for await (const _row of store.list({ chain, month })) return false;
  return true;
}

/** A month that no head points at holds nothing, unless it was opened since its predecessor was read. */
async function isHarmless(
  store: AuditStore,
  chain: string,
  month: string,
  link: Link,
): Promise<boolean> {
  const head = (await store.findHead(chain, month))?.value;
  if (head !== undefined) return head.openedFrom !== undefined && continues(head, link);
  return isEmpty(store, chain, month);
}

function continues(head: AuditHead, link: Link): boolean {
  return head.firstSeq === link.seq + 1 && head.openingHash === link.hash;
}

async function followMonth(
  store: AuditStore,
  chain: string,
  month: string,
  opening: Link,
): Promise<MonthEnd | Break> {
  const before = (await store.findHead(chain, month))?.value;
  if (before === undefined || !continues(before, opening)) return brokenAt('month', opening);
  let link = opening;
  for await (const row of store.list({ chain, month })) {
    const broken = faultOf(row, link, chain);
    if (broken !== undefined) return brokenAt(broken, link);
    link = linkOf(row, link);
  }
  return checkEnd(store, chain, month, before, link);
}

function faultOf({ place, event }: AuditRow, link: Link, chain: string): BreakReason | undefined {
  const expected = link.seq + 1;
  if (place === undefined) return 'place';
  if (place > expected) return 'missing';
  if (event === undefined) return 'row_altered';
  if (event.seq !== expected || place !== expected || event.tenantId !== chain) return 'place';
  if (event.prevHash !== link.hash) return 'link';
  return hashOf(event) === event.hash ? undefined : 'hash';
}

function linkOf({ event }: AuditRow, before: Link): Link {
  return event === undefined ? before : { seq: event.seq, hash: event.hash };
}

/** A foreign hand may have left something that has no hash at all. */
function hashOf(event: AuditEvent): string | undefined {
  try {
    return hashEvent(event);
  } catch {
    return undefined;
  }
}

/** Events are stored together with the head, so whatever was read is within a head that is read later. */
async function checkEnd(
  store: AuditStore,
  chain: string,
  month: string,
  headBefore: AuditHead,
  link: Link,
): Promise<MonthEnd | Break> {
  if (headBefore.seq > link.seq) return brokenAt('truncated', link);
  const head = (await store.findHead(chain, month))?.value;
  if (head === undefined) return brokenAt('month', link);
  if (head.seq < link.seq) return { broken: 'beyond_head', at: head.seq + 1, last: link };
  if (head.seq === link.seq && head.hash !== link.hash) {
    return { broken: 'beyond_head', at: link.seq, last: link };
  }
  return { ...link, head };
}

function brokenAt(broken: BreakReason, last: Link): Break {
  return { broken, at: last.seq + 1, last };
}
