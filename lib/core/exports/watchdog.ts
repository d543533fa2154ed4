import type { Metrics } from '../metrics.ts';
import { sideBySide } from '../side-by-side.ts';
import type { Residency } from '../tenants/residency.ts';
import type { ExportRecord } from './export-record.ts';
import { type LookAfterLanesDeps, lookAfterLanes } from './look-after-lanes.ts';
import type { Starter } from './starter.ts';
import type { DueStore, ExportStore, RunningMark } from './stores.ts';

export interface WatchdogDeps extends LookAfterLanesDeps {
  readonly exports: ExportStore;
  readonly due: DueStore;
  readonly residency: Pick<Residency, 'isHere'>;
  readonly metrics: Metrics;
}

/** A start normally takes a second; after a minute without an instance something went wrong. */
const graceMs = 60_000;
const looksAtOnce = 8;
/** A mark without its attempt is left by a request that died, or was refused, between the two. */
const forgottenMs = 600_000;

/** What is well has ended long before; an alert tells the operator of what this is logged of. */
const longHours = 6;

/** Exports whose attempt has not ended. */
interface Queue {
  pending: number;
  processing: number;
  oldestPendingSeconds: number;
  /** How long the one that runs longest has run in this attempt. */
  oldestProcessingSeconds: number;
}

/**
 * Starts again every export whose orchestration is missing or ended before its work was done, and every
 * lane that broke before its tables were settled, while the others go on; and measures what waits and what runs. A tenant's rows of another region are left alone and not counted.
 */
export async function runWatchdog(deps: WatchdogDeps, starter: Starter): Promise<void> {
  const queue: Queue = {
    pending: 0,
    processing: 0,
    oldestPendingSeconds: 0,
    oldestProcessingSeconds: 0,
  };
  await sideBySide(deps.due.listRunning(), looksAtOnce, async (mark) => {
    try {
      const record = await findMarked(deps, mark);
      // Its steps would do nothing here; it goes on as soon as the stamp is in the tenant's region again.
      if (record === undefined || !(await deps.residency.isHere(mark.tenantId))) return;
      count(queue, record, deps.clock());
      noteLong(deps, mark, record);
      await lookAfter(deps, starter, mark, record);
    } catch (error) {
      const { tenantId, exportId } = mark;
      deps.log.error('watchdog could not look after an export', error, { tenantId, exportId });
    }
  });
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

function count(queue: Queue, record: ExportRecord, now: Date): void {
  const { status, requestedAt, retriedAt, startedAt } = record;
  const secondsSince = (time: Date) => Math.floor((now.getTime() - time.getTime()) / 1000);
  if (status === 'processing') {
    queue.processing++;
    const ranSeconds = secondsSince(retriedAt ?? startedAt ?? requestedAt);
    queue.oldestProcessingSeconds = Math.max(queue.oldestProcessingSeconds, ranSeconds);
  }
  if (status !== 'pending') return;
  queue.pending++;
  queue.oldestPendingSeconds = Math.max(queue.oldestPendingSeconds, secondsSince(requestedAt));
}

function noteLong({ log, clock }: WatchdogDeps, mark: RunningMark, { status }: ExportRecord): void {
  const hours = Math.floor(ageMsOf(mark, clock()) / 3_600_000);
  if (status !== 'processing' || hours < longHours) return;
  const { tenantId, exportId, attempt } = mark;
  log.warn('export takes long', { tenantId, exportId, attempt, hours });
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
  if (state === 'running') return lookAfterLanes(deps, starter, mark);
  deps.log.warn('watchdog restarts an export', { ...work, status, state });
  await starter.startExport(work);
}

function ageMsOf({ at }: RunningMark, now: Date): number {
  return now.getTime() - at.getTime();
}
