import type { ExportRecord } from './export-record.ts';
import type { TableRecord } from './table-record.ts';
import { isRunning } from './transitions.ts';

export interface Progress {
  readonly tablesDone: number;
  readonly tablesTotal: number;
  readonly rows: number;
  /** Known once every table was counted. */
  readonly rowsExpected?: number;
  readonly bytes: number;
  /** 0 to 100, whole numbers; 100 only when everything is written. */
  readonly percent?: number;
  readonly secondsLeft?: number;
}

/** How far an export is, from rows that its activities write every two seconds. */
export function describeProgress(
  record: ExportRecord,
  tables: readonly TableRecord[],
  now: Date,
): Progress {
  const tablesTotal = record.request.tables.length;
  const rows = sum(tables, (table) => table.rows);
  const base = {
    tablesDone: tables.filter(isDone).length,
    tablesTotal,
    rows,
    bytes: sum(tables, (table) => table.bytes),
  };
  if (tables.length < tablesTotal) return base;
  const allCounted = tables.every((table) => isDone(table) || table.countedRows !== undefined);
  const rowsExpected = sum(tables, (table) => table.countedRows ?? table.rows);
  const share = allCounted && rowsExpected > 0 ? rows / rowsExpected : meanShare(tables);
  return {
    ...base,
    ...(allCounted ? { rowsExpected } : {}),
    percent: base.tablesDone === tablesTotal ? 100 : Math.min(99, Math.floor(share * 100)),
    ...secondsLeft(record, share, now),
  };
}

function isDone(table: TableRecord): boolean {
  return table.status === 'ready' || table.status === 'failed';
}

/** While counts are missing every table weighs the same. */
function meanShare(tables: readonly TableRecord[]): number {
  return sum(tables, shareOf) / Math.max(1, tables.length);
}

function shareOf(table: TableRecord): number {
  if (isDone(table)) return 1;
  return table.rows / Math.max(1, table.countedRows ?? Number.POSITIVE_INFINITY);
}

/** By the pace since the start; nothing is said before there is a pace. */
function secondsLeft(record: ExportRecord, share: number, now: Date): { secondsLeft?: number } {
  if (!isRunning(record.status) || record.startedAt === undefined || share < 0.01) return {};
  const elapsedMs = now.getTime() - record.startedAt.getTime();
  return { secondsLeft: Math.ceil((elapsedMs * (1 - Math.min(1, share))) / share / 1000) };
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
