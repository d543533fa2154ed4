import type { ExportRecord } from './export-record.ts';
import { isSettled, type TableRecord } from './table-record.ts';
import { isRunning } from './transitions.ts';

/** The tables as they stand in the present attempt: what failed in an earlier one is still to be read. */
export function tablesNow(
  { status, attempt }: ExportRecord,
  tables: readonly TableRecord[],
): readonly TableRecord[] {
  if (!isRunning(status)) return tables;
  return tables.map((table) =>
    table.status === 'failed' && !isSettled(table, attempt) ? untouched(table) : table,
  );
}

function untouched({ countedRows, snapshotAt, failure, ...kept }: TableRecord): TableRecord {
  return { ...kept, status: 'pending', rows: 0, bytes: 0 };
}
