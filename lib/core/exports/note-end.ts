import type { Log } from '../log.ts';
import type { EndStatus, Metrics } from '../metrics.ts';
import type { ExportRecord } from './export-record.ts';

export interface NoteEndDeps {
  readonly log: Log;
  readonly metrics: Metrics;
}

/** A record whose attempt has come to this end. */
export type EndedRecord = ExportRecord & { readonly status: EndStatus; readonly completedAt: Date };

/**
 * Writes one line about the end of an attempt and counts it. The step that calls it may run twice: two
 * runs at the very same moment write two lines, and a process that dies just after it wrote the row
 * writes none. The audit log's `export.finish` is the record; this is for watching.
 */
export function noteEnd(
  { log, metrics }: NoteEndDeps,
  record: EndedRecord,
  failedTables: number,
): void {
  const { status, totals } = record;
  const durationMs = record.completedAt.getTime() - askedAt(record).getTime();
  log.info('export ended', {
    exportId: record.id,
    tenantId: record.tenantId,
    attempt: record.attempt,
    status,
    rows: totals?.rows ?? 0,
    bytes: totals?.bytes ?? 0,
    tables: record.request.tables.length,
    failedTables,
    durationMs,
  });
  metrics.exportEnded({ status, durationMs });
}

function askedAt({ retriedAt, requestedAt }: ExportRecord): Date {
  return retriedAt ?? requestedAt;
}
