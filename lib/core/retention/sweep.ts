import { forEachAtOnce } from '../at-once.ts';
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

/** Each deletion waits for the storage most of the time, and a tenant's audit log takes turns. */
const atOnce = 8;
/** A run ends within its timer's time, whatever has piled up; the next one goes on. */
const deletionsMax = 2_000;
const secondTriesMax = 200;
/** A deletion that failed is tried again after ten minutes, then after twice as long each time, up to a day. */
const firstPauseMs = 600_000;
const pauseMaxMs = 86_400_000;

/**
 * Deletes every export whose time has come, several at once, the oldest first. One that fails keeps its
 * mark and is tried again after a pause that grows, when all others have had their turn.
 */
export async function sweepExpired(deps: SweepDeps, starter: Starter): Promise<SweepResult> {
  const sweep: Sweep = { deps, starter, begunAt: deps.clock(), deleted: 0, failed: 0, lagMs: 0 };
  const again: DueEntry[] = [];
  await forEachAtOnce(firstTries(sweep, again), atOnce, (entry) => sweepOne(sweep, entry));
  await forEachAtOnce(streamOf(again), atOnce, (entry) => sweepOne(sweep, entry));
  const { deleted, failed, lagMs } = sweep;
  const swept = { deleted, failed, lagSeconds: Math.floor(lagMs / 1000) };
  deps.log.info('retention sweep done', { ...swept });
  deps.metrics.sweepDone(swept);
  return swept;
}

interface Sweep {
  readonly deps: SweepDeps;
  readonly starter: Starter;
  readonly begunAt: Date;
  deleted: number;
  failed: number;
  lagMs: number;
}

/** What is due and has not failed before; what has is put aside into `again` once its pause is over. */
async function* firstTries(sweep: Sweep, again: DueEntry[]): AsyncGenerator<DueEntry> {
  const { deps, begunAt } = sweep;
  let given = 0;
  for await (const entry of deps.due.listExpired(begunAt)) {
    const { tries = 0, nextTryAt = begunAt } = entry;
    if (nextTryAt > begunAt) noteLag(sweep, entry.at);
    else if (tries > 0) {
      if (again.length < secondTriesMax) again.push(entry);
    } else if (given++ < deletionsMax) yield entry;
    else return;
  }
}

async function* streamOf<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

async function sweepOne(sweep: Sweep, entry: DueEntry): Promise<void> {
  const { deps } = sweep;
  try {
    await deleteDue(sweep, entry);
    await deps.due.clearExpiry(entry);
  } catch (error) {
    sweep.failed++;
    const { tenantId, exportId } = entry;
    deps.log.error('retention sweep could not delete an export', error, { tenantId, exportId });
    await postpone(sweep, entry);
  }
}

/**
 * A mark can be out of date: the export was retried since and has a later mark, or a deletion of it died
 * near its end; what was deleted is only announced again, in case that was lost.
 */
async function deleteDue(sweep: Sweep, mark: DueEntry): Promise<void> {
  const { deps, starter, begunAt } = sweep;
  const { tenantId, exportId } = mark;
  const found = await deps.exports.find(tenantId, exportId);
  const dueAt = found && dueSince(found.value, begunAt);
  if (found === undefined || dueAt === undefined) return;
  const hasFiles = found.value.status !== 'expired';
  if (hasFiles) noteLag(sweep, dueAt);
  await deleteExport(deps, { tenantId, exportId, reason: 'retention', mark }, starter);
  if (hasFiles) sweep.deleted++;
}

function noteLag(sweep: Sweep, dueAt: Date): void {
  sweep.lagMs = Math.max(sweep.lagMs, sweep.begunAt.getTime() - dueAt.getTime());
}

/** The same mark, so that there is one however often it fails. A mark that cannot be written is due as before. */
async function postpone({ deps, begunAt }: Sweep, entry: DueEntry): Promise<void> {
  const tries = (entry.tries ?? 0) + 1;
  const pauseMs = Math.min(firstPauseMs * 2 ** (tries - 1), pauseMaxMs);
  const nextTryAt = new Date(begunAt.getTime() + pauseMs);
  try {
    await deps.due.markExpiry({ ...entry, tries, nextTryAt });
  } catch (error) {
    const { tenantId, exportId } = entry;
    deps.log.error('a deletion could not be postponed', error, { tenantId, exportId });
  }
}

/** The row tells it, not the mark, which a retry may have left behind. Undefined: not yet. */
function dueSince({ expiresAt, deletion }: ExportRecord, now: Date): Date | undefined {
  if (deletion !== undefined && (expiresAt === undefined || deletion.at < expiresAt)) {
    return deletion.at;
  }
  return expiresAt !== undefined && expiresAt <= now ? expiresAt : undefined;
}
