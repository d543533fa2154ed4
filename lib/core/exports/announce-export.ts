import type { AuditLog } from '../audit/audit-log.ts';
import { recordExportEnd } from '../audit/export-events.ts';
import type { Announcer } from '../webhooks/announce.ts';
import { exportEvent } from './export-event.ts';
import type { ExportRecord } from './export-record.ts';
import type { ExportWork, Starter } from './starter.ts';
import type { DueStore, ExportStore, TableStore } from './stores.ts';
import type { TableRecord } from './table-record.ts';
import { isRunning } from './transitions.ts';

export interface AnnounceExportDeps {
  readonly exports: ExportStore;
  readonly tables: TableStore;
  readonly due: DueStore;
  readonly announcer: Announcer;
  readonly audit: AuditLog;
}

/**
 * Tells the tenant's endpoints what has become of this attempt and starts the deliveries. The mark
 * that the export runs goes last: until then the watchdog makes a lost announcement good.
 */
export async function announceExport(
  deps: AnnounceExportDeps,
  work: ExportWork,
  starter: Starter,
): Promise<void> {
  const record = (await deps.exports.find(work.tenantId, work.exportId))?.value;
  if (record === undefined || record.attempt !== work.attempt) return;
  const tables = await tablesOf(deps.tables, record);
  await recordExportEnd(deps.audit, record, tables);
  await announceWith(deps, record, tables, starter);
  if (!isRunning(record.status)) await deps.due.clearRunning(work);
}

/** Announces the record's present state; doing it twice delivers once. */
export async function announceState(
  deps: Pick<AnnounceExportDeps, 'tables' | 'announcer'>,
  record: ExportRecord,
  starter: Starter,
): Promise<void> {
  await announceWith(deps, record, await tablesOf(deps.tables, record), starter);
}

async function tablesOf(tables: TableStore, record: ExportRecord): Promise<readonly TableRecord[]> {
  return tables.states(record.id);
}

async function announceWith(
  { announcer }: Pick<AnnounceExportDeps, 'announcer'>,
  record: ExportRecord,
  tables: readonly TableRecord[],
  starter: Starter,
): Promise<void> {
  const deliveryIds = await announcer.announce(exportEvent(record, tables));
  for (const deliveryId of deliveryIds) {
    await starter.startDelivery({ tenantId: record.tenantId, deliveryId });
  }
}
