import type { Clock } from '../../lib/core/clock.ts';
import { asSluiceError, type ErrorCode, failureOf } from '../../lib/core/errors.ts';
import type { Log } from '../../lib/core/log.ts';
import type { TableInput } from '../contract.ts';
import { tableFacts } from './note-table.ts';
import type { TableClaim } from './table-claim.ts';

export interface TryLaterDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** How long a source that cannot be connected to is waited for; then the table fails with its code. */
  readonly sourceWaitMs: number;
}

/** A database that is full, restarts or fails over: its tables are waited for and no run of theirs is lost. */
const sourceAway: ReadonlySet<ErrorCode> = new Set([
  'source_busy',
  'source_unreachable',
  'connection_lost',
]);

/** 5, 10, 20 and 40 seconds. */
const troublesMax = 5;
const firstWaitMs = 5_000;
/** A cancelled export ends within this time although its lanes sleep. */
const longestWaitMs = 30_000;

/**
 * Notes trouble that may pass and lets the table go, for whoever comes next. Returns how long to wait
 * before the next try, or undefined when there is none left.
 */
export function tryLater(
  deps: TryLaterDeps,
  input: TableInput,
  claim: TableClaim,
  error: unknown,
): Promise<number | undefined> {
  return sourceAway.has(asSluiceError(error).code)
    ? waitForSource(deps, input, claim, error)
    : tryAgain(deps, input, claim, error);
}

async function waitForSource(
  deps: TryLaterDeps,
  input: TableInput,
  claim: TableClaim,
  error: unknown,
): Promise<number | undefined> {
  const now = deps.clock();
  const { waitingSince = now, runs = 1, snapshotAt } = claim.current;
  const waitedMs = now.getTime() - waitingSince.getTime();
  if (waitedMs >= deps.sourceWaitMs) return undefined;
  if (waitedMs === 0) {
    const facts = { ...tableFacts(input, claim.current), code: asSluiceError(error).code };
    deps.log.warn('table waits for its source', facts);
  }
  await claim.release({
    failure: failureOf(error),
    waitingSince,
    // A run that never got to read was none.
    runs: snapshotAt === undefined ? runs - 1 : runs,
    updatedAt: now,
  });
  const waitMs = Math.min(longestWaitMs, Math.max(firstWaitMs, waitedMs));
  return Math.min(waitMs, deps.sourceWaitMs - waitedMs);
}

async function tryAgain(
  deps: TryLaterDeps,
  input: TableInput,
  claim: TableClaim,
  error: unknown,
): Promise<number | undefined> {
  const troubles = (claim.current.troubles ?? 0) + 1;
  if (troubles >= troublesMax) return undefined;
  const facts = { ...tableFacts(input, claim.current), passing: true };
  deps.log.error('table could not be exported', error, facts);
  await claim.release({ failure: failureOf(error), troubles, updatedAt: deps.clock() });
  return firstWaitMs * 2 ** (troubles - 1);
}
