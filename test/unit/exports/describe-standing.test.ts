import { describe, expect, test } from 'vitest';
import { describeProgress } from '../../../lib/core/exports/describe-progress.ts';
import { describeStanding } from '../../../lib/core/exports/describe-standing.ts';
import type { ExportRecord } from '../../../lib/core/exports/export-record.ts';
import type { TableRecord } from '../../../lib/core/exports/table-record.ts';

const startMs = Date.parse('2026-03-01T12:00:00Z');
const at = (seconds: number) => new Date(startMs + seconds * 1000);

const record: ExportRecord = {
  tenantId: 'acme',
  id: 'e1',
  status: 'processing',
  attempt: 1,
  request: {
    tables: [{ name: 'orders' }, { name: 'users' }],
    format: 'csv',
    compression: 'gzip',
    dialect: 'data',
    packaging: 'files',
    consistency: 'table',
  },
  requestedBy: 'key:k',
  requestedAt: at(-10),
  startedAt: at(0),
};

const table = (change: Partial<TableRecord> = {}): TableRecord => ({
  exportId: 'e1',
  index: 0,
  name: 'orders',
  source: 'app',
  status: 'running',
  attempt: 1,
  countedRows: 100,
  rows: 50,
  bytes: 500,
  runs: 1,
  ...change,
});
const users = (change: Partial<TableRecord> = {}) => table({ index: 1, name: 'users', ...change });

describe('what keeps an export', () => {
  test('nothing, while a table was touched within the minute', () => {
    const tables = [table({ updatedAt: at(1) }), users({ updatedAt: at(100) })];
    expect(describeStanding(record, tables, at(160))).toEqual({ runs: 1 });
  });

  test('it stands still since its last sign of life', () => {
    const tables = [table({ updatedAt: at(1) }), users({ updatedAt: at(100) })];
    expect(describeStanding(record, tables, at(161))).toEqual({ stalledSince: at(100), runs: 1 });
    const pending = users({ status: 'pending', rows: 0 });
    expect(describeStanding(record, [pending], at(61))).toEqual({ stalledSince: at(0), runs: 1 });
  });

  test('a database: looking for it is no sign of life, another table’s rows are', () => {
    const waits = table({ waitingSince: at(10), updatedAt: at(200) });
    const still = { waiting: 'source', stalledSince: at(10), runs: 1 };
    expect(describeStanding(record, [waits], at(201))).toEqual(still);
    const tables = [waits, users({ updatedAt: at(200) })];
    expect(describeStanding(record, tables, at(201))).toEqual({ waiting: 'source', runs: 1 });
  });

  test('nothing, once it is closing or over; how often it began again stays', () => {
    const tables = [table({ runs: 3, status: 'ready', updatedAt: at(1) }), users()];
    const ready = { ...record, status: 'ready' } as const;
    expect(describeStanding(ready, tables, at(9999))).toEqual({ runs: 3 });
    const closing = { ...record, closingAt: at(5) };
    expect(describeStanding(closing, tables, at(9999))).toEqual({ runs: 3 });
  });
});

describe('the time that is left', () => {
  const tables = (updatedAt: Date) => [table({ updatedAt }), users({ updatedAt })];
  const left = (seconds: number, updatedAt: Date) =>
    describeProgress(record, tables(updatedAt), at(seconds)).secondsLeft;

  test('goes by the pace, and is not told while nothing moves: it would only grow', () => {
    expect(left(100, at(100))).toBe(100);
    expect(left(160, at(100))).toBe(160);
    expect(left(161, at(100))).toBeUndefined();
  });

  test('is not told while a database is waited for', () => {
    const waits = [
      table({ updatedAt: at(100), waitingSince: at(90) }),
      users({ updatedAt: at(100) }),
    ];
    expect(describeProgress(record, waits, at(100)).secondsLeft).toBeUndefined();
  });
});

describe('while a retry runs', () => {
  const retrying: ExportRecord = { ...record, attempt: 2, retriedAt: at(1000) };
  const ready = table({ status: 'ready', rows: 100 });
  const failed = users({
    status: 'failed',
    rows: 3,
    failure: { code: 'query_failed', message: 'No.' },
  });

  test('X2 what failed before is still to be done, and the export does not look finished', () => {
    const progress = describeProgress(retrying, [ready, failed], at(1001));
    expect(progress).toMatchObject({ tablesDone: 1, tablesTotal: 2, rows: 100, percent: 50 });
    expect(progress.secondsLeft).toBeUndefined();
  });

  test('the pace is that of the attempt', () => {
    const again = users({ attempt: 2, rows: 50, updatedAt: at(1010) });
    expect(describeProgress(retrying, [ready, again], at(1010)).secondsLeft).toBe(10);
  });

  test('what fails in it is done', () => {
    const again = { ...failed, attempt: 2, updatedAt: at(1010) };
    expect(describeProgress(retrying, [ready, again], at(1010)).tablesDone).toBe(2);
  });
});
