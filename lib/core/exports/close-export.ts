import { createHash } from 'node:crypto';
import type { Catalog } from '../catalog/catalog.ts';
import type { Clock } from '../clock.ts';
import type { Failure } from '../errors.ts';
import type { EndStatus } from '../metrics.ts';
import { sideBySide } from '../side-by-side.ts';
import type { Signer } from '../signing/signer.ts';
import type { Stored } from '../stored.ts';
import { changeExport } from './change-export.ts';
import type { ExportFiles } from './export-files.ts';
import type { ExportRecord } from './export-record.ts';
import { buildManifest, type FailedTable, nextRevision, totalsOf } from './manifest.ts';
import { type NoteEndDeps, noteEnd } from './note-end.ts';
import { type Reconciled, reconcile } from './reconcile.ts';
import type { ExportWork } from './starter.ts';
import type { DueStore, ExportStore, PartStore, TableStore } from './stores.ts';
import { isSettled, type TableRecord } from './table-record.ts';
import { type ExportStatus, requireMove } from './transitions.ts';
import { writeManifest } from './write-manifest.ts';

const settledAtOnce = 8;

export interface CloseExportDeps extends NoteEndDeps {
  readonly catalog: Catalog;
  readonly exports: ExportStore;
  readonly tables: TableStore;
  readonly parts: PartStore;
  readonly due: DueStore;
  readonly files: ExportFiles;
  readonly signer: Signer;
  readonly clock: Clock;
  readonly retentionDays: number;
}

/**
 * Ends an export honestly: compares every row and file, removes what no manifest will name, writes the
 * manifest last, and moves the row to its final state. Running it again changes nothing.
 */
export async function closeExport(deps: CloseExportDeps, work: ExportWork): Promise<ExportStatus> {
  const record = await fixMoment(deps, work);
  if (!isOpen(record, work)) return record.status;
  if (record.cancelRequestedAt !== undefined) return closeCancelled(deps, record);
  const result = await compare(deps, record);
  await removeOrphans(deps.files, record.id, result);
  return result.proven.length === 0
    ? closeFailed(deps, record, result.failed)
    : closeReady(deps, record, result);
}

/** The moment is kept in the row first: two runs of this step then write the same bytes. */
function fixMoment({ exports, clock }: CloseExportDeps, work: ExportWork): Promise<ExportRecord> {
  return changeExport(exports, work.tenantId, work.exportId, (record) =>
    isOpen(record, work) && record.closingAt === undefined
      ? { ...record, closingAt: clock() }
      : undefined,
  );
}

function isOpen(record: ExportRecord, work: ExportWork): boolean {
  const running = record.status === 'pending' || record.status === 'processing';
  return running && record.attempt === work.attempt;
}

async function compare(deps: CloseExportDeps, record: ExportRecord): Promise<Reconciled> {
  const stored = await deps.tables.list(record.id);
  if (stored.length === 0) return { proven: [], failed: record.request.tables.map(notPlanned) };
  const result = reconcile(
    stored.map(({ value }) => value),
    await deps.parts.list(record.id),
    await deps.files.list(record.id),
  );
  await settleFailed(deps, record, stored, result.failed);
  return result;
}

/**
 * The tables' own rows say `failed` too, so that a retry runs exactly these. Nobody may write them any
 * more: a run that was left over notices before it commits another file.
 */
async function settleFailed(
  { tables }: CloseExportDeps,
  { attempt }: ExportRecord,
  stored: readonly Stored<TableRecord>[],
  failed: readonly FailedTable[],
): Promise<void> {
  const failures = new Map(failed.map(({ name, code, message }) => [name, { code, message }]));
  await settle(tables, stored, (table) => {
    const failure = failures.get(table.name);
    const isSaid =
      failure === undefined || (table.status === 'failed' && table.attempt === attempt);
    return isSaid ? undefined : { ...table, status: 'failed', attempt, failure };
  });
}

async function settle(
  tables: TableStore,
  stored: readonly Stored<TableRecord>[],
  change: (table: TableRecord) => TableRecord | undefined,
): Promise<void> {
  await sideBySide(stored, settledAtOnce, async ({ value, etag }) => {
    const changed = change(value);
    if (changed === undefined) return;
    const { writer, waitingSince, ...settled } = changed;
    await tables.update(settled, etag);
  });
}

async function removeOrphans(
  files: ExportFiles,
  exportId: string,
  { proven }: Reconciled,
): Promise<void> {
  const named = new Set(proven.flatMap(({ parts }) => parts.map(({ name }) => name)));
  for (const { name } of await files.list(exportId)) {
    if (!named.has(name)) await files.remove({ exportId, name });
  }
}

async function closeReady(
  deps: CloseExportDeps,
  record: ExportRecord,
  { proven, failed }: Reconciled,
): Promise<ExportStatus> {
  const { completedAt, expiresAt } = moments(deps, record);
  const manifest = buildManifest({
    record,
    proven,
    failed,
    catalog: deps.catalog,
    completedAt,
    expiresAt,
  });
  const bytes = await writeManifest(deps.files, deps.signer, manifest);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const end = {
    status: manifest.status,
    totals: totalsOf(proven),
    manifest: { sha256, revision: nextRevision(record) },
  };
  return finish(deps, record, end, failed.length);
}

function closeFailed(
  deps: CloseExportDeps,
  record: ExportRecord,
  failed: readonly FailedTable[],
): Promise<ExportStatus> {
  return finish(deps, record, { status: 'failed', error: whyFailed(failed) }, failed.length);
}

async function closeCancelled(deps: CloseExportDeps, record: ExportRecord): Promise<ExportStatus> {
  await settle(deps.tables, await deps.tables.list(record.id), (table) =>
    isSettled(table, record.attempt) ? undefined : { ...table, status: 'cancelled' },
  );
  await deps.files.removeAll(record.id);
  return finish(deps, record, { status: 'cancelled' }, 0);
}

/** The sweep's row comes before the final state, so that nothing finished is ever kept for good. */
async function finish(
  deps: CloseExportDeps,
  before: ExportRecord,
  end: AttemptEnd,
  failedTables: number,
): Promise<ExportStatus> {
  requireMove(before.status, end.status);
  const { completedAt, expiresAt } = moments(deps, before);
  await deps.due.markExpiry({ tenantId: before.tenantId, exportId: before.id, at: expiresAt });
  const after = { ...before, ...end, completedAt, expiresAt };
  const written = await changeExport(deps.exports, before.tenantId, before.id, (found) =>
    found.status === before.status && found.attempt === before.attempt ? after : undefined,
  );
  // A write whose answer was lost is found done and is noted too; so is, now and then, a twin's.
  if (written.status === after.status && written.attempt === after.attempt) {
    noteEnd(deps, after, failedTables);
  }
  return written.status;
}

interface AttemptEnd extends Pick<ExportRecord, 'totals' | 'manifest' | 'error'> {
  readonly status: EndStatus;
}

function moments(
  { retentionDays, clock }: CloseExportDeps,
  record: ExportRecord,
): { readonly completedAt: Date; readonly expiresAt: Date } {
  const completedAt = record.closingAt ?? clock();
  const expiresAt = new Date(completedAt.getTime() + retentionDays * 86_400_000);
  return { completedAt, expiresAt: record.filesExpireAt ?? expiresAt };
}

function notPlanned({ name }: { readonly name: string }): FailedTable {
  return {
    name,
    code: 'internal_error',
    message: 'The export could not be planned. Retry it.',
  };
}

function whyFailed(failed: readonly FailedTable[]): Failure {
  const [first] = failed;
  return {
    code: first?.code ?? 'internal_error',
    message: `No table could be exported. ${first?.message ?? ''}`.trim(),
  };
}
