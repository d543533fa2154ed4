import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { Residency } from '../tenants/residency.ts';
import type { ExportRecord } from './export-record.ts';
import type { Starter } from './starter.ts';
import type { DueStore, ExportStore, RunningMark } from './stores.ts';

export interface WatchdogDeps {
  readonly exports: ExportStore;
  readonly due: DueStore;
  readonly residency: Pick<Residency, 'isHere'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** A start normally takes a second; after a minute without an instance something went wrong. */
const graceMs = 60_000;
/** A mark without its attempt is left by a request that died, or was refused, between the two. */
const forgottenMs = 600_000;

/** Exports whose attempt has not ended. */
interface Queue {
  pending: number;
  processing: number;
  oldestPendingSeconds: number;
}

/**
 * Starts again every export whose orchestration is missing or ended before its work was done, and
 * measures what waits and what runs. A tenant's rows of another region are left alone and not counted.
 */
export async function runWatchdog(deps: WatchdogDeps, starter: Starter): Promise<void> {
  const queue: Queue = { pending: 0, processing: 0, oldestPendingSeconds: 0 };
  for await (const mark of deps.due.listRunning()) {
    try {
      const record = await findMarked(deps, mark);
      // Its steps would do nothing here; it goes on as soon as the stamp is in the tenant's region again.
      if (record === undefined || !(await deps.residency.isHere(mark.tenantId))) continue;
      count(queue, record, deps.clock());
      await lookAfter(deps, starter, mark, record);
    } catch (error) {
      const { tenantId, exportId } = mark;
      deps.log.error('watchdog could not look after an export', error, { tenantId, exportId });
    }
  }
  deps.log.info('queue measured', { ...queue });
  deps.metrics.queueMeasured(queue);
}

/**
 * The export whose very attempt the mark is of. A mark of an earlier attempt has done its work, and so
 * has one of an export whose files are gone: nothing of it will be announced any more.
 */
async function findMarked(
  { exports, due, clock }: WatchdogDeps,
  mark: RunningMark,
): Promise<ExportRecord | undefined> {
  const record = (await exports.find(mark.tenantId, mark.exportId))?.value;
  if (record?.attempt === mark.attempt && record.status !== 'expired') return record;
  const isToCome = record === undefined || record.attempt < mark.attempt;
  if (!isToCome || ageMsOf(mark, clock()) > forgottenMs) await due.clearRunning(mark);
  return undefined;
}

function count(queue: Queue, { status, requestedAt }: ExportRecord, now: Date): void {
  if (status === 'processing') queue.processing++;
  if (status !== 'pending') return;
  queue.pending++;
  const waitedSeconds = Math.floor((now.getTime() - requestedAt.getTime()) / 1000);
  queue.oldestPendingSeconds = Math.max(queue.oldestPendingSeconds, waitedSeconds);
}

async function lookAfter(
  deps: WatchdogDeps,
  starter: Starter,
  mark: RunningMark,
  { status }: ExportRecord,
): Promise<void> {
  if (ageMsOf(mark, deps.clock()) < graceMs) return;
  const { tenantId, exportId, attempt } = mark;
  const work = { tenantId, exportId, attempt };
  const state = await starter.exportState(work);
  if (state === 'running') return;
  deps.log.warn('watchdog restarts an export', { ...work, status, state });
  await starter.startExport(work);
}

function ageMsOf({ at }: RunningMark, now: Date): number {
  return now.getTime() - at.getTime();
}
