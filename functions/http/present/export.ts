import type {
  ExportAnswer,
  ExportItem,
  FetchedAnswer,
  TableState,
} from '../../../lib/api/exports.ts';
import { describeProgress } from '../../../lib/core/exports/describe-progress.ts';
import { describeStanding } from '../../../lib/core/exports/describe-standing.ts';
import type { ExportRecord } from '../../../lib/core/exports/export-record.ts';
import type { TableRecord } from '../../../lib/core/exports/table-record.ts';
import { tablesNow } from '../../../lib/core/exports/tables-now.ts';
import { isFetchable } from '../../../lib/core/exports/transitions.ts';
import type { ExportDetails } from '../../services.ts';

/** One export as api.md §3 shows it. Before the tables are planned, the ones asked for are `pending`. */
export function presentExport(details: ExportDetails, now: Date): ExportAnswer {
  const { record, tables } = details;
  const asked = record.request.tables;
  // The rows of its tables go a while after its files.
  const isForgotten = record.status === 'expired' && tables.length === 0;
  return {
    ...presentExportItem(record),
    fetched: presentFetched(record),
    progress: isForgotten ? progressAtEnd(record) : describeProgress(record, tables, now),
    ...presentStanding(details, now),
    tables: isForgotten
      ? []
      : tables.length === 0
        ? asked.map(({ name }) => ({ name, status: 'pending' }))
        : tablesNow(record, tables).map(presentTable),
  };
}

function progressAtEnd({ request, totals }: ExportRecord): ExportAnswer['progress'] {
  const tablesTotal = request.tables.length;
  const { tables: tablesDone = 0, rows = 0, bytes = 0 } = totals ?? {};
  return { tablesDone, tablesTotal, rows, bytes };
}

/** Shown once there is a receipt, and while the export has files to compare it with. */
export function presentFetched({ fetched, totals }: ExportRecord): FetchedAnswer | undefined {
  if (fetched === undefined || totals === undefined) return undefined;
  return { files: fetched.files, of: totals.files, at: fetched.at.toISOString() };
}

/** An export in a list: without `progress` and `tables`, because they cost a look at every table's row. */
export function presentExportItem(record: ExportRecord): ExportItem {
  const { format, compression, dialect, packaging, consistency } = record.request;
  return {
    id: record.id,
    invocationId: record.id,
    tenantId: record.tenantId,
    status: record.status,
    attempt: record.attempt,
    requestedBy: record.requestedBy,
    requestedAt: record.requestedAt.toISOString(),
    startedAt: record.startedAt?.toISOString(),
    completedAt: record.completedAt?.toISOString(),
    expiresAt: (record.expiresAt ?? record.filesExpireAt)?.toISOString(),
    deletedAt: record.status === 'expired' ? record.deletion?.at.toISOString() : undefined,
    format,
    compression,
    dialect,
    packaging,
    consistency,
    totals: presentTotals(record),
    manifest: presentManifest(record),
    error: record.error && { code: record.error.code, message: record.error.message },
  };
}

/** What keeps it while it runs, and how often reading was begun. */
function presentStanding({ record, tables }: ExportDetails, now: Date) {
  const { waiting, stalledSince, runs } = describeStanding(record, tables, now);
  return { waiting, stalledSince: stalledSince?.toISOString(), runs };
}

/** The error is shown once it is final; while a table runs it may still come right. */
function presentTable(table: TableRecord): TableState {
  const { name, status, rows, countedRows, bytes, snapshotAt, failure } = table;
  if (status === 'pending') return { name, status };
  return {
    name,
    status,
    rows,
    countedRows,
    parts: table.parts ?? 0,
    bytes,
    snapshotAt: snapshotAt?.toISOString(),
    error:
      status === 'failed' && failure !== undefined
        ? { code: failure.code, message: failure.message }
        : undefined,
  };
}

function presentTotals({ totals }: ExportRecord): ExportItem['totals'] {
  if (totals === undefined) return undefined;
  const { tables, files, rows, bytes, uncompressedBytes } = totals;
  return { tables, files, rows, bytes, uncompressedBytes };
}

function presentManifest(record: ExportRecord): ExportItem['manifest'] {
  const { manifest } = record;
  return (
    manifest && { sha256: manifest.sha256, revision: manifest.revision, ...manifestPaths(record) }
  );
}

/** Where the manifest and its signature can be fetched, as long as they can. */
function manifestPaths({ id, status, deletion }: ExportRecord) {
  if (!isFetchable(status) || deletion !== undefined) return {};
  const url = `/api/v1/exports/${id}/manifest`;
  return { url, signature: `${url}?format=jws` };
}
