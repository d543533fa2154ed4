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
  await announceState(deps, record, starter);
  if (!isRunning(record.status)) await deps.due.clearRunning(record.id);
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
