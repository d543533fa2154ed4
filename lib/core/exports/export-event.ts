import type { WebhookEventType } from '../webhooks/endpoint.ts';
import type { ExportEvent } from '../webhooks/payload.ts';
import type { ExportRecord } from './export-record.ts';
import type { TableRecord } from './table-record.ts';
import type { ExportStatus } from './transitions.ts';

const typeOf = {
  pending: 'export.started',
  processing: 'export.started',
  ready: 'export.completed',
  partially_ready: 'export.partially_completed',
  failed: 'export.failed',
  cancelled: 'export.cancelled',
  expired: 'export.deleted',
} as const satisfies Record<ExportStatus, WebhookEventType>;

/** What happened to an export, as its present state tells it. The same state gives the same event. */
export function exportEvent(record: ExportRecord, tables: readonly TableRecord[]): ExportEvent {
  const over = record.completedAt !== undefined;
  const ready = over ? tables.filter(({ status }) => status === 'ready') : [];
  const failed = over ? tables.filter(({ status }) => status === 'failed') : [];
  return {
    type: typeOf[record.status],
    tenantId: record.tenantId,
    exportId: record.id,
    attempt: record.attempt,
    at: momentOf(record),
    status: record.status,
    requestedAt: record.requestedAt,
    ...(record.expiresAt === undefined ? {} : { expiresAt: record.expiresAt }),
    tables: ready.map(({ name }) => name),
    failedTables: failed.map(({ name, failure }) => ({
      name,
      code: failure?.code ?? 'internal_error',
    })),
    rows: record.totals?.rows ?? 0,
    bytes: record.totals?.bytes ?? 0,
    ...(record.manifest === undefined ? {} : { manifestSha256: record.manifest.sha256 }),
  };
}

/** Taken from the row, never from the clock, so that announcing twice announces the same. */
function momentOf(record: ExportRecord): Date {
  const deletedAt = record.status === 'expired' ? record.deletion?.at : undefined;
  return deletedAt ?? record.completedAt ?? record.startedAt ?? record.requestedAt;
}
