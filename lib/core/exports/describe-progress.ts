import { describeStanding } from './describe-standing.ts';
import type { ExportRecord } from './export-record.ts';
import type { TableRecord } from './table-record.ts';
import { tablesNow } from './tables-now.ts';
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
  stored: readonly TableRecord[],
  now: Date,
): Progress {
  const tablesTotal = record.request.tables.length;
  const tables = tablesNow(record, stored);
  const rows = sum(tables, (table) => table.rows);
  const base = {
    tablesDone: tables.filter(isDone).length,
    tablesTotal,
    rows,
    bytes: sum(tables, (table) => table.bytes),
  };
  if (tables.length < tablesTotal) return base;
  const rowsExpected = areCounted(tables) ? expectedOf(tables) : undefined;
  const share = shareOfAll(tables);
  return {
    ...base,
    ...(rowsExpected === undefined ? {} : { rowsExpected }),
    percent: base.tablesDone === tablesTotal ? 100 : Math.min(99, Math.floor(share * 100)),
    ...secondsLeft(record, tables, now),
  };
}

function isDone(table: TableRecord): boolean {
  return table.status === 'ready' || table.status === 'failed';
}

function areCounted(tables: readonly TableRecord[]): boolean {
  return tables.every((table) => isDone(table) || table.countedRows !== undefined);
}

function expectedOf(tables: readonly TableRecord[]): number {
  return sum(tables, (table) => table.countedRows ?? table.rows);
}

function shareOfAll(tables: readonly TableRecord[]): number {
  const expected = expectedOf(tables);
  const isKnown = areCounted(tables) && expected > 0;
  return isKnown ? sum(tables, ({ rows }) => rows) / expected : meanShare(tables);
}

/** While counts are missing every table weighs the same. */
function meanShare(tables: readonly TableRecord[]): number {
  return sum(tables, shareOf) / Math.max(1, tables.length);
}

function shareOf(table: TableRecord): number {
  if (isDone(table)) return 1;
  return table.rows / Math.max(1, table.countedRows ?? Number.POSITIVE_INFINITY);
}

/**
 * By the pace since the attempt began, of the tables that it reads; nothing is said before there is a
 * pace, or while nothing moves: it would grow with every look.
 */
function secondsLeft(
  record: ExportRecord,
  tables: readonly TableRecord[],
  now: Date,
): { secondsLeft?: number } {
  const begunAt = record.retriedAt ?? record.startedAt;
  const { waiting, stalledSince } = describeStanding(record, tables, now);
  if (!isRunning(record.status) || begunAt === undefined) return {};
  if (waiting !== undefined || stalledSince !== undefined) return {};
  const share = shareOfAll(
    tables.filter(({ attempt, status }) => attempt === record.attempt || status === 'pending'),
  );
  if (share < 0.01) return {};
  const elapsedMs = now.getTime() - begunAt.getTime();
  return { secondsLeft: Math.ceil((elapsedMs * (1 - Math.min(1, share))) / share / 1000) };
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
