import type { ExportRecord } from './export-record.ts';
import { isSettled, silentMs, type TableRecord } from './table-record.ts';

/** What keeps a running export, and how often it had to begin again. */
export interface Standing {
  /** A table waits for its database, which is full or away. */
  readonly waiting?: 'source';
  /** Since when nothing has moved; absent while something does. */
  readonly stalledSince?: Date;
  /** How often the table that was begun most often in this attempt was begun: above 1, `rows` fell back. */
  readonly runs: number;
}

/** As the rows tell it that the activities write every two seconds. */
export function describeStanding(
  record: ExportRecord,
  tables: readonly TableRecord[],
  now: Date,
): Standing {
  const ofAttempt = tables.filter(({ attempt }) => attempt === record.attempt);
  const runs = Math.max(0, ...ofAttempt.map((table) => table.runs ?? 0));
  if (record.status !== 'processing' || record.closingAt !== undefined) return { runs };
  const open = ofAttempt.filter((table) => !isSettled(table, record.attempt));
  const isWaiting = open.some(({ waitingSince }) => waitingSince !== undefined);
  const movedAt = lastMove(record, ofAttempt);
  const isStalled = now.getTime() - movedAt.getTime() > silentMs;
  return {
    ...(isWaiting ? { waiting: 'source' as const } : {}),
    ...(isStalled ? { stalledSince: movedAt } : {}),
    runs,
  };
}

/** Looking whether the source is back moves nothing. */
function lastMove(record: ExportRecord, tables: readonly TableRecord[]): Date {
  const begunAt = record.retriedAt ?? record.startedAt ?? record.requestedAt;
  const moves = tables.map(({ waitingSince, updatedAt }) => waitingSince ?? updatedAt ?? begunAt);
  return new Date(Math.max(...[begunAt, ...moves].map((time) => time.getTime())));
}
