import type { Starter } from '../exports/starter.ts';
import type { DueEntry } from '../exports/stores.ts';
import type { Log } from '../log.ts';
import { type DeleteExportDeps, deleteExport } from './delete-export.ts';

export interface SweepDeps extends DeleteExportDeps {
  readonly log: Log;
}

export interface SweepResult {
  readonly deleted: number;
  readonly failed: number;
}

/**
 * Deletes every export whose time has come. One that fails keeps its mark and is tried again with the
 * next sweep; the others go on.
 */
export async function sweepExpired(deps: SweepDeps, starter: Starter): Promise<SweepResult> {
  let deleted = 0;
  let failed = 0;
  for await (const entry of deps.due.listExpired(deps.clock())) {
    try {
      if (await sweepOne(deps, entry, starter)) deleted++;
      await deps.due.clearExpiry(entry);
    } catch (error) {
      failed++;
      deps.log.error('retention sweep could not delete an export', error, {
        tenantId: entry.tenantId,
        exportId: entry.exportId,
      });
    }
  }
  return { deleted, failed };
}

/**
 * True when files were deleted. A mark can be out of date: the export was retried since and has a later
 * mark, or its owner deleted it before; what was deleted is only announced again, in case that was lost.
 */
async function sweepOne(deps: SweepDeps, entry: DueEntry, starter: Starter): Promise<boolean> {
  const { tenantId, exportId } = entry;
  const record = (await deps.exports.find(tenantId, exportId))?.value;
  if (record === undefined) return false;
  const isDue = record.expiresAt !== undefined && record.expiresAt <= deps.clock();
  if (record.deletion === undefined && !isDue) return false;
  await deleteExport(deps, { tenantId, exportId, reason: 'retention' }, starter);
  return record.status !== 'expired';
}
