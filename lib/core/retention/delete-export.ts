import type { AuditLog } from '../audit/audit-log.ts';
import { recordRemoval } from '../audit/export-events.ts';
import type { Clock } from '../clock.ts';
import { SluiceError } from '../errors.ts';
import { announceState } from '../exports/announce-export.ts';
import { changeExport } from '../exports/change-export.ts';
import type { ExportFiles } from '../exports/export-files.ts';
import type { Deletion, ExportRecord } from '../exports/export-record.ts';
import { getExport } from '../exports/find-export.ts';
import type { Starter } from '../exports/starter.ts';
import type { DueEntry, DueStore, ExportStore, TableStore } from '../exports/stores.ts';
import { isRunning } from '../exports/transitions.ts';
import type { Signer } from '../signing/signer.ts';
import type { Announcer } from '../webhooks/announce.ts';
import { type Receipt, type ReceiptStore, receiptId } from './receipt.ts';
import { rowsEndAt } from './retire-traces.ts';
import type { TraceStore } from './traces.ts';

export interface DeleteExportDeps {
  readonly exports: ExportStore;
  readonly tables: TableStore;
  readonly due: DueStore;
  readonly receipts: ReceiptStore;
  readonly traces: TraceStore;
  readonly files: ExportFiles;
  readonly signer: Signer;
  readonly announcer: Announcer;
  readonly audit: AuditLog;
  readonly clock: Clock;
}

export interface DeletionOrder {
  readonly tenantId: string;
  readonly exportId: string;
  readonly reason: Deletion['reason'];
  readonly requestedBy?: string;
  /** The sweep's mark that led here; absent: the deletion makes one of its own, and removes it at its end. */
  readonly mark?: DueEntry;
}

/**
 * Deletes the files of a finished export and with them every link, looks again that they are gone,
 * writes a signed receipt and moves the row to `expired`. Each step can run again after a crash.
 * A running export is `invalid_state`.
 */
export async function deleteExport(
  deps: DeleteExportDeps,
  order: DeletionOrder,
  starter: Starter,
): Promise<ExportRecord> {
  const record = await claim(deps, order);
  const expired = record.status === 'expired' ? record : await removeFiles(deps, record);
  await announceState(deps, expired, starter);
  const { tenantId, id: exportId, attempt } = record;
  await starter.purgeExport({ tenantId, exportId, attempt });
  const at = record.deletion?.at ?? deps.clock();
  await deps.traces.mark({ tenantId, exportId, stage: 'rows', at: rowsEndAt(at) });
  if (order.mark === undefined) await deps.due.clearExpiry({ tenantId, exportId, at });
  return expired;
}

/**
 * What is refused leaves no mark. Otherwise the sweep's mark comes first, so that a deletion that dies
 * half-way is finished by the next sweep.
 */
async function claim(deps: DeleteExportDeps, order: DeletionOrder): Promise<ExportRecord> {
  const { tenantId, exportId } = order;
  const { value: record } = await getExport(deps.exports, tenantId, exportId);
  if (isRunning(record.status)) throw stillRunning();
  const deletion = record.deletion ?? (await deletionOf(deps, order));
  if (order.mark === undefined) await moveMark(deps.due, record, deletion.at);
  return changeExport(deps.exports, tenantId, exportId, (found) => {
    if (isRunning(found.status)) throw stillRunning();
    return found.status === 'expired' || found.deletion !== undefined
      ? undefined
      : { ...found, deletion };
  });
}

/** One mark an export: that of the end of its days goes once the new one is there. */
async function moveMark(
  due: DueStore,
  { tenantId, id: exportId, expiresAt }: ExportRecord,
  at: Date,
): Promise<void> {
  await due.markExpiry({ tenantId, exportId, at });
  // A day has one mark of an export, so that of the same day is replaced already.
  if (expiresAt === undefined || isSameDay(expiresAt, at)) return;
  await due.clearExpiry({ tenantId, exportId, at: expiresAt });
}

function isSameDay(one: Date, other: Date): boolean {
  return one.toISOString().slice(0, 10) === other.toISOString().slice(0, 10);
}

async function deletionOf(deps: DeleteExportDeps, order: DeletionOrder): Promise<Deletion> {
  const files = await deps.files.list(order.exportId);
  return {
    at: deps.clock(),
    reason: order.reason,
    ...(order.requestedBy === undefined ? {} : { requestedBy: order.requestedBy }),
    files: files.length,
    bytes: files.reduce((sum, file) => sum + file.bytes, 0),
  };
}

async function removeFiles(deps: DeleteExportDeps, record: ExportRecord): Promise<ExportRecord> {
  await recordRemoval(deps.audit, record, 'attempted');
  await deps.files.removeAll(record.id);
  if (await deps.files.exists(record.id)) throw stillThere(record.id);
  await recordRemoval(deps.audit, record, 'success');
  await deps.receipts.insert(await receiptOf(deps, record));
  return changeExport(deps.exports, record.tenantId, record.id, (found) =>
    found.status === 'expired' ? undefined : { ...found, status: 'expired' },
  );
}

async function receiptOf(deps: DeleteExportDeps, record: ExportRecord): Promise<Receipt> {
  const { deletion } = record;
  if (deletion === undefined) throw new TypeError('A receipt needs a deletion.');
  const facts = {
    id: receiptId(deletion.at, record.id),
    tenantId: record.tenantId,
    kind: 'export' as const,
    exportId: record.id,
    reason: deletion.reason,
    ...(deletion.requestedBy === undefined ? {} : { requestedBy: deletion.requestedBy }),
    files: deletion.files,
    bytes: deletion.bytes,
    deletedAt: deletion.at,
    verifiedGoneAt: deps.clock(),
  };
  const signature = await deps.signer.sign(Buffer.from(JSON.stringify(facts)));
  return { ...facts, signature, ...sightOf(record) };
}

function sightOf({ exposure, request }: ExportRecord): Pick<Receipt, 'exposure' | 'tables'> {
  const tables = request.tables.map(({ name, scope }) => ({
    name,
    ...(scope === undefined ? {} : { scope }),
  }));
  return exposure === undefined ? { tables } : { exposure, tables };
}

function stillRunning(): SluiceError {
  return new SluiceError('invalid_state', {
    message: 'The export is still running. Cancel it first, then delete it.',
  });
}

function stillThere(exportId: string): SluiceError {
  return new SluiceError('storage_unavailable', {
    message: 'The files could not be deleted yet. It is tried again by itself.',
    internal: `The container of export ${exportId} is still there after deleting it.`,
  });
}
