import type { ExportRecord } from '../exports/export-record.ts';
import type { Starter } from '../exports/starter.ts';
import type { DueEntry } from '../exports/stores.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import { type DeleteExportDeps, deleteExport } from './delete-export.ts';

export interface SweepDeps extends DeleteExportDeps {
  readonly log: Log;
  readonly metrics: Metrics;
}

export interface SweepResult {
  readonly deleted: number;
  readonly failed: number;
  /** How late the oldest of them was when the sweep began; 0 when nothing was due. */
  readonly lagSeconds: number;
}

/**
 * Deletes every export whose time has come. One that fails keeps its mark and is tried again with the
 * next sweep; the others go on.
 */
export async function sweepExpired(deps: SweepDeps, starter: Starter): Promise<SweepResult> {
  const swept = await sweepAll(deps, deps.clock(), starter);
  deps.log.info('retention sweep done', { ...swept });
  deps.metrics.sweepDone(swept);
  return swept;
}

interface Swept {
  deleted: number;
  failed: number;
  lagMs: number;
}

async function sweepAll(deps: SweepDeps, begunAt: Date, starter: Starter): Promise<SweepResult> {
  const swept: Swept = { deleted: 0, failed: 0, lagMs: 0 };
  for await (const entry of deps.due.listExpired(begunAt)) {
    try {
      await sweepOne(deps, entry, begunAt, swept, starter);
      await deps.due.clearExpiry(entry);
    } catch (error) {
      swept.failed++;
      const { tenantId, exportId } = entry;
      deps.log.error('retention sweep could not delete an export', error, { tenantId, exportId });
    }
  }
  const { deleted, failed, lagMs } = swept;
  return { deleted, failed, lagSeconds: Math.floor(lagMs / 1000) };
}

/**
 * A mark can be out of date: the export was retried since and has a later mark, or its owner deleted it
 * before; what was deleted is only announced again, in case that was lost.
 */
async function sweepOne(
  deps: SweepDeps,
  { tenantId, exportId }: DueEntry,
  begunAt: Date,
  swept: Swept,
  starter: Starter,
): Promise<void> {
  const record = (await deps.exports.find(tenantId, exportId))?.value;
  const dueAt = record && dueSince(record, begunAt);
  if (record === undefined || dueAt === undefined) return;
  const hasFiles = record.status !== 'expired';
  if (hasFiles) swept.lagMs = Math.max(swept.lagMs, begunAt.getTime() - dueAt.getTime());
  await deleteExport(deps, { tenantId, exportId, reason: 'retention' }, starter);
  if (hasFiles) swept.deleted++;
}

/** The row tells it, not the mark, which each try to delete makes younger. Undefined: not yet. */
function dueSince({ expiresAt, deletion }: ExportRecord, now: Date): Date | undefined {
  if (deletion !== undefined && (expiresAt === undefined || deletion.at < expiresAt)) {
    return deletion.at;
  }
  return expiresAt !== undefined && expiresAt <= now ? expiresAt : undefined;
}
