import { limits } from '../limits.ts';
import type { Signer } from '../signing/signer.ts';
import { operatorChain } from './audit-event.ts';
import type { AuditCheckpoint, AuditStore } from './audit-store.ts';
import { canonicalJson } from './canonical-json.ts';
import { genesisHash } from './event-hash.ts';
import { type HeadSeal, type HeadSealStore, readSeal } from './head-seal.ts';
import { signedText } from './signed-facts.ts';
import { readCursor, writeCursor } from './verify-cursor.ts';
import { type BreakReason, trueHash, type Walk, type WalkStart, walkChain } from './walk-chain.ts';

export interface VerifyDeps {
  readonly store: AuditStore;
  readonly seals: Pick<HeadSealStore, 'newest'>;
  readonly signer: Pick<Signer, 'sign' | 'publicKeys'>;
}

export interface VerifyOrder {
  /** `nextCursor` of the page before. */
  readonly cursor?: string;
  /** True: only what came after the newest seal. Without one, or with a cursor, it changes nothing. */
  readonly sinceSeal?: boolean;
  /** Default `limits.auditVerifyEventsMax`. */
  readonly eventsMax?: number;
}

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
  /** The newest seal. Whoever writes the table can forge only what came after it. */
  readonly sealed?: { readonly seq: number; readonly at: string };
  /** How many events up to `toSeq` no seal covers yet. */
  readonly unsealed: number;
  /** There is more to verify; absent at the head and where the chain breaks. */
  readonly nextCursor?: string;
}

/**
 * Reads a chain from its newest checkpoint to its head, a page at a time, and says where it first breaks.
 * Each page also holds the log against the newest seal, which lies where the log's table cannot reach it:
 * so a log that was cut, rewritten with new hashes or emptied is found. What came after the newest seal is
 * held by the chain alone. A tenant's chain without its first event is broken. Throws `invalid_query` for a
 * cursor that was not given for this chain.
 */
export async function verifyChain(
  deps: VerifyDeps,
  chain: string,
  order: VerifyOrder = {},
): Promise<Verdict> {
  const checkpoint = await deps.store.newestCheckpoint(chain);
  const base = { seq: checkpoint?.upToSeq ?? 0, hash: checkpoint?.hash ?? genesisHash };
  const seal = await checkSeal(deps, chain, checkpoint);
  if (checkpoint !== undefined && !(await isSigned(deps, checkpoint))) {
    const broken = { seq: base.seq, reason: 'checkpoint' as const };
    return verdictOf({ chain, base: base.seq, startSeq: base.seq }, { last: base, broken }, seal);
  }
  const start = await startOf(deps, chain, order, seal.seal, {
    link: base,
    ...afterOf(checkpoint),
  });
  const walk = await walkChain(
    deps.store,
    chain,
    start,
    order.eventsMax ?? limits.auditVerifyEventsMax,
  );
  const isGone = walk.last.seq === 0 && chain !== operatorChain && walk.broken === undefined;
  const found = isGone ? { ...walk, broken: { seq: 1, reason: 'missing' as const } } : walk;
  const verdict = verdictOf({ chain, base: base.seq, startSeq: start.link.seq }, found, seal);
  const { isWhole, last: link, month } = found;
  if (!verdict.ok || isWhole || month === undefined) return verdict;
  return { ...verdict, nextCursor: await writeCursor(deps.signer, chain, { month, link }) };
}

/** Verifies page after page, to the head or to where the chain breaks. */
export async function verifyWhole(
  deps: VerifyDeps,
  chain: string,
  order: Pick<VerifyOrder, 'sinceSeal'> = {},
): Promise<Verdict> {
  let verdict = await verifyChain(deps, chain, order);
  const { fromSeq } = verdict;
  // Each page ends further on.
  while (verdict.ok && verdict.nextCursor !== undefined) {
    verdict = await verifyChain(deps, chain, { cursor: verdict.nextCursor });
  }
  return { ...verdict, fromSeq };
}

interface SealCheck {
  readonly seal?: HeadSeal;
  readonly brokenAt?: number;
}

/** The seal is older than the rows that a checkpoint stands for, or its event is there as it was signed. */
async function checkSeal(
  { store, seals, signer }: VerifyDeps,
  chain: string,
  checkpoint: AuditCheckpoint | undefined,
): Promise<SealCheck> {
  const stored = await seals.newest(chain);
  if (stored === undefined) return {};
  const seal = await readSeal(signer, chain, stored);
  if (seal === undefined) return { brokenAt: stored.seq };
  if (checkpoint !== undefined && seal.seq <= checkpoint.upToSeq) {
    const isSame = seal.seq < checkpoint.upToSeq || seal.hash === checkpoint.hash;
    return isSame ? { seal } : { seal, brokenAt: seal.seq };
  }
  const event = (await store.find(chain, seal.month, seal.seq))?.event;
  const holds = event?.hash === seal.hash && trueHash(event) === seal.hash;
  return holds ? { seal } : { seal, brokenAt: seal.seq };
}

async function isSigned(
  { signer }: VerifyDeps,
  { signature, ...facts }: AuditCheckpoint,
): Promise<boolean> {
  return (await signedText(signer, signature)) === canonicalJson(facts);
}

function afterOf(checkpoint: AuditCheckpoint | undefined): Pick<WalkStart, 'after'> {
  return checkpoint === undefined ? {} : { after: checkpoint.month };
}

/** What was verified up to a cursor can have gone meanwhile, with its months; a checkpoint stands for it. */
async function startOf(
  { signer }: VerifyDeps,
  chain: string,
  order: VerifyOrder,
  seal: HeadSeal | undefined,
  whole: WalkStart,
): Promise<WalkStart> {
  const isKept = ({ link }: WalkStart) => link.seq > whole.link.seq;
  if (order.cursor !== undefined) {
    const place = await readCursor(signer, chain, order.cursor);
    return isKept(place) ? place : whole;
  }
  if (order.sinceSeal !== true || seal === undefined) return whole;
  const place = { link: { seq: seal.seq, hash: seal.hash }, month: seal.month };
  return isKept(place) ? place : whole;
}

function verdictOf(
  {
    chain,
    base,
    startSeq,
  }: { readonly chain: string; readonly base: number; readonly startSeq: number },
  { last, broken }: Pick<Walk, 'last' | 'broken'>,
  { seal, brokenAt }: SealCheck,
): Verdict {
  const bySeal = brokenAt === undefined ? undefined : { seq: brokenAt, reason: 'seal' as const };
  const firstBroken = broken ?? bySeal;
  return {
    ok: firstBroken === undefined,
    chain,
    fromSeq: startSeq + 1,
    toSeq: last.seq,
    headHash: last.hash,
    ...(firstBroken && { firstBroken }),
    ...(seal && { sealed: { seq: seal.seq, at: seal.sealedAt } }),
    unsealed: Math.max(0, last.seq - Math.max(seal?.seq ?? 0, base)),
  };
}
