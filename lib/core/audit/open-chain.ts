import { SluiceError } from '../errors.ts';
import type { Stored } from '../stored.ts';
import type { AuditHead, AuditStore } from './audit-store.ts';
import { genesisHash } from './event-hash.ts';

/** Where the next event of a chain goes. */
export interface ChainPosition extends Stored<AuditHead> {
  readonly month: string;
}

/** Each step either ends here or leaves the chain one step further, whoever took it. */
const stepsMax = 12;

/**
 * The open month of a chain, at or after `month`. A new month is announced, the old one closed, and the
 * new head begins where the old one ended; any of it may be done by another process or after a crash,
 * and still each month begins once. Throws `internal_error` for a chain whose heads are gone.
 */
export async function openChain(
  store: AuditStore,
  chain: string,
  month: string,
): Promise<ChainPosition> {
  for (let step = 1; step <= stepsMax; step++) {
    const months = await store.months(chain);
    const newest = months.at(-1);
    const head = newest === undefined ? undefined : await store.findHead(chain, newest);
    if (newest !== undefined && head !== undefined && newest >= month) {
      return { month: newest, ...head };
    }
    if (newest === undefined || head !== undefined) await store.announceMonth(chain, month);
    else await openMonth(store, chain, months, newest);
  }
  throw new SluiceError('changed_meanwhile', {
    internal: `The chain ${chain} could not be opened.`,
  });
}

/** Opens the newest month, or the one that the newest closed month points at. */
async function openMonth(
  store: AuditStore,
  chain: string,
  months: readonly string[],
  newest: string,
): Promise<void> {
  // The newest may have been opened since it was looked at; it is not its own predecessor.
  const older = months.filter((month) => month < newest);
  const before = await newestWithHead(store, chain, older);
  if (before === undefined) return begin(store, chain, newest);
  const { month, value, etag } = before;
  if (value.closedTo === undefined) {
    await store.replaceHead(chain, month, { ...value, closedTo: newest }, etag).catch(unlessLost);
    return;
  }
  await store.announceMonth(chain, value.closedTo);
  await store.insertHead(chain, value.closedTo, {
    seq: value.seq,
    hash: value.hash,
    firstSeq: value.seq + 1,
    openingHash: value.hash,
    openedFrom: month,
  });
}

async function newestWithHead(
  store: AuditStore,
  chain: string,
  months: readonly string[],
): Promise<ChainPosition | undefined> {
  for (const month of months.toReversed()) {
    const head = await store.findHead(chain, month);
    if (head !== undefined) return { month, ...head };
  }
  return undefined;
}

/** The claim makes two processes whose clocks differ begin the same chain. */
async function begin(store: AuditStore, chain: string, month: string): Promise<void> {
  const first = await store.claimFirstMonth(chain, month);
  await store.announceMonth(chain, first);
  const head = { seq: 0, hash: genesisHash, firstSeq: 1, openingHash: genesisHash };
  await store.insertHead(chain, first, head);
}

/** Whoever was quicker did it, or did something that the next step sees. */
function unlessLost(error: unknown): void {
  if (!(error instanceof SluiceError && error.code === 'changed_meanwhile')) throw error;
}
