import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Residency } from '../tenants/residency.ts';
import type { Starter } from './starter.ts';
import type { DueEntry, DueStore, ExportStore } from './stores.ts';

export interface WatchdogDeps {
  readonly exports: ExportStore;
  readonly due: DueStore;
  readonly residency: Pick<Residency, 'isHere'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** A start normally takes a second; after a minute without an instance something went wrong. */
const graceMs = 60_000;
/** A mark without a row is left by a start that died between the two. */
const forgottenMs = 600_000;

/** Starts again every export whose orchestration is missing or ended before its work was done. */
export async function runWatchdog(deps: WatchdogDeps, starter: Starter): Promise<void> {
  for await (const entry of deps.due.listRunning()) {
    try {
      await lookAfter(deps, starter, entry);
    } catch (error) {
      deps.log.error('watchdog could not look after an export', error, {
        exportId: entry.exportId,
      });
    }
  }
}

async function lookAfter(deps: WatchdogDeps, starter: Starter, entry: DueEntry): Promise<void> {
  const ageMs = deps.clock().getTime() - entry.at.getTime();
  if (ageMs < graceMs) return;
  const found = await deps.exports.find(entry.tenantId, entry.exportId);
  if (found === undefined) {
    if (ageMs > forgottenMs) await deps.due.clearRunning(entry.exportId);
    return;
  }
  // Its steps would do nothing here; it goes on as soon as the stamp is in the tenant's region again.
  if (!(await deps.residency.isHere(entry.tenantId))) return;
  const { tenantId, id: exportId, attempt, status } = found.value;
  const work = { tenantId, exportId, attempt };
  const state = await starter.exportState(work);
  if (state === 'running') return;
  deps.log.warn('watchdog restarts an export', { ...work, status, state });
  await starter.startExport(work);
}
