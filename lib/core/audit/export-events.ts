import type { Deletion, ExportRecord } from '../exports/export-record.ts';
import type { TableRecord } from '../exports/table-record.ts';
import { type AuditActor, type AuditResult, systemActor } from './audit-event.ts';
import type { AuditLog } from './audit-log.ts';

/** Notes how an attempt ended, once. Does nothing while it runs and when its files are long gone. */
export async function recordExportEnd(
  audit: AuditLog,
  record: ExportRecord,
  tables: readonly TableRecord[],
): Promise<void> {
  const { tenantId, id, attempt, status, totals, error } = record;
  const result = results[status];
  if (result === undefined) return;
  await audit.recordOnce(tenantId, ['export.finish', id, attempt], {
    action: 'export.finish',
    actor: systemActor,
    target: { type: 'export', id },
    outcome: { result, ...(error === undefined ? {} : { reason: error.code }) },
    details: {
      status,
      attempt,
      tables: tables.length,
      failedTables: tables.filter((table) => table.status === 'failed').length,
      ...(totals && { files: totals.files, rows: totals.rows, bytes: totals.bytes }),
    },
  });
}

const results: Partial<Record<ExportRecord['status'], AuditResult>> = {
  ready: 'success',
  partially_ready: 'success',
  cancelled: 'success',
  failed: 'failure',
};

/** Notes that files are about to be removed, or that they are gone; once each. */
export async function recordRemoval(
  audit: AuditLog,
  { tenantId, id, deletion }: ExportRecord,
  result: 'attempted' | 'success',
): Promise<void> {
  if (deletion === undefined) throw new TypeError('Files are removed for a reason.');
  await audit.recordOnce(tenantId, ['export.remove_files', id, result], {
    action: 'export.remove_files',
    actor: removerOf(deletion),
    target: { type: 'export', id },
    outcome: { result },
    details: { reason: deletion.reason, files: deletion.files, bytes: deletion.bytes },
  });
}

/** `requestedBy` is what `principalName` made. */
function removerOf({ requestedBy }: Deletion): AuditActor {
  const [kind = '', ...id] = requestedBy?.split(':') ?? [];
  if (kind === 'key' || kind === 'user') return { type: kind, id: id.join(':') };
  return kind === 'operator' ? { type: 'operator', id: 'operator' } : systemActor;
}
