import type { Clock } from '../clock.ts';
import { SluiceError } from '../errors.ts';
import type { Signer } from '../signing/signer.ts';
import type { AuditStore } from './audit-store.ts';
import { type HeadSealStore, writeSeal } from './head-seal.ts';
import { type Verdict, verifyWhole } from './verify-chain.ts';

export interface SealHeadDeps {
  readonly auditRows: AuditStore;
  readonly headSeals: HeadSealStore;
  readonly signer: Signer;
  readonly clock: Clock;
}

/**
 * Signs where a chain stands and puts that aside. What came since the seal before is verified first, so no
 * seal vouches for what was rewritten in between. Does nothing when nothing was written since. Throws
 * `internal_error` for a chain that does not hold.
 */
export async function sealHead(deps: SealHeadDeps, chain: string): Promise<void> {
  const { auditRows: store, headSeals: seals, signer, clock } = deps;
  const verdict = await verifyWhole({ store, seals, signer }, chain, { sinceSeal: true });
  requireWhole(verdict);
  const { toSeq: seq, headHash: hash } = verdict;
  if (seq === 0 || seq === verdict.sealed?.seq) return;
  const month = await monthOf(store, chain, seq);
  // Its month is just being removed, so it was sealed long ago.
  if (month === undefined) return;
  const sealedAt = clock().toISOString();
  await seals.add(chain, await writeSeal(signer, { chain, month, seq, hash, sealedAt }));
}

/** Throws `internal_error` for a verdict that is not good. */
export function requireWhole({ chain, firstBroken }: Verdict): void {
  if (firstBroken === undefined) return;
  throw new SluiceError('internal_error', {
    internal: `The audit chain ${chain} is broken at ${firstBroken.seq}: ${firstBroken.reason}.`,
  });
}

async function monthOf(store: AuditStore, chain: string, seq: number): Promise<string | undefined> {
  for (const month of (await store.months(chain)).toReversed()) {
    const head = (await store.findHead(chain, month))?.value;
    if (head !== undefined && head.firstSeq <= seq && seq <= head.seq) return month;
  }
  return undefined;
}
