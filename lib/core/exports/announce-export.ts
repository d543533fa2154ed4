import type { AuditLog } from '../audit/audit-log.ts';
import { recordExportEnd } from '../audit/export-events.ts';
import type { Announcer } from '../webhooks/announce.ts';
import { exportEvent } from './export-event.ts';
import type { ExportRecord } from './export-record.ts';
import type { ExportWork, Starter } from './starter.ts';
import type { DueStore, ExportStore, TableStore } from './stores.ts';
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
  await recordEnd(deps, record);
  await announceState(deps, record, starter);
  if (!isRunning(record.status)) await deps.due.clearRunning(record.id);
}

async function recordEnd(
  { tables, audit }: AnnounceExportDeps,
  record: ExportRecord,
): Promise<void> {
  if (isRunning(record.status)) return;
  const rows = (await tables.list(record.id)).map(({ value }) => value);
  await recordExportEnd(audit, record, rows);
}

/** Announces the record's present state; doing it twice delivers once. */
export async function announceState(
  { tables, announcer }: Pick<AnnounceExportDeps, 'tables' | 'announcer'>,
  record: ExportRecord,
  starter: Starter,
): Promise<void> {
  const rows = (await tables.list(record.id)).map(({ value }) => value);
  const deliveryIds = await announcer.announce(exportEvent(record, rows));
  for (const deliveryId of deliveryIds) {
    await starter.startDelivery({ tenantId: record.tenantId, deliveryId });
  }
}
