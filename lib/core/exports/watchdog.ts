import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { Residency } from '../tenants/residency.ts';
import type { ExportRecord } from './export-record.ts';
import type { Starter } from './starter.ts';
import type { DueEntry, DueStore, ExportStore } from './stores.ts';

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
/** A mark without a row is left by a start that died between the two. */
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
  for await (const entry of deps.due.listRunning()) {
    try {
      const record = await findHere(deps, entry);
      if (record === undefined) continue;
      count(queue, record, deps.clock());
      await lookAfter(deps, starter, entry, record);
    } catch (error) {
      const { tenantId, exportId } = entry;
      deps.log.error('watchdog could not look after an export', error, { tenantId, exportId });
    }
  }
  deps.log.info('queue measured', { ...queue });
  deps.metrics.queueMeasured(queue);
}

/** Undefined for what is not this stamp's to look after. */
async function findHere(deps: WatchdogDeps, entry: DueEntry): Promise<ExportRecord | undefined> {
  const found = await deps.exports.find(entry.tenantId, entry.exportId);
  if (found === undefined) {
    if (ageMsOf(entry, deps.clock()) > forgottenMs) await deps.due.clearRunning(entry.exportId);
    return undefined;
  }
  // Its steps would do nothing here; it goes on as soon as the stamp is in the tenant's region again.
  return (await deps.residency.isHere(entry.tenantId)) ? found.value : undefined;
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
  entry: DueEntry,
  { tenantId, id: exportId, attempt, status }: ExportRecord,
): Promise<void> {
  if (ageMsOf(entry, deps.clock()) < graceMs) return;
  const work = { tenantId, exportId, attempt };
  const state = await starter.exportState(work);
  if (state === 'running') return;
  deps.log.warn('watchdog restarts an export', { ...work, status, state });
  await starter.startExport(work);
}

function ageMsOf({ at }: DueEntry, now: Date): number {
  return now.getTime() - at.getTime();
}
