import { expect, test } from 'vitest';
import { describeProgress } from '../../../lib/core/exports/describe-progress.ts';
import type { ExportRecord } from '../../../lib/core/exports/export-record.ts';
import type { TableRecord } from '../../../lib/core/exports/table-record.ts';

const startedAt = new Date('2026-01-01T00:00:00Z');
const record: ExportRecord = {
  tenantId: 't',
  id: 'e',
  status: 'processing',
  attempt: 1,
  request: {
    tables: [{ name: 'a' }, { name: 'b' }],
    format: 'csv',
    compression: 'gzip',
    dialect: 'data',
    packaging: 'files',
    consistency: 'table',
  },
  requestedBy: 'key:k',
  requestedAt: startedAt,
  startedAt,
};
const row = (index: number, change: Partial<TableRecord>): TableRecord => ({
  exportId: 'e',
  index,
  name: 'ab'.charAt(index),
  source: 's',
  status: 'running',
  attempt: 1,
  rows: 0,
  bytes: 0,
  ...change,
});
const later = (seconds: number) => new Date(startedAt.getTime() + seconds * 1000);

test('before the plan there is nothing to promise', () => {
  expect(describeProgress(record, [], later(1))).toEqual({
    tablesDone: 0,
    tablesTotal: 2,
    rows: 0,
    bytes: 0,
  });
});

test('rows of expected rows, percent and seconds left once everything is counted', () => {
  const tables = [
    row(0, { status: 'ready', countedRows: 50, rows: 50, bytes: 10 }),
    row(1, { countedRows: 150, rows: 50, bytes: 10 }),
  ];
  expect(describeProgress(record, tables, later(10))).toEqual({
    tablesDone: 1,
    tablesTotal: 2,
    rows: 100,
    rowsExpected: 200,
    bytes: 20,
    percent: 50,
    secondsLeft: 10,
  });
});

test('while a table is not counted every table weighs the same', () => {
  const tables = [row(0, { countedRows: 100, rows: 50 }), row(1, { status: 'pending' })];
  expect(describeProgress(record, tables, later(10))).toMatchObject({
    percent: 25,
    secondsLeft: 30,
  });
});

test('100 percent only when every table is done', () => {
  const tables = [
    row(0, { status: 'ready', countedRows: 1, rows: 1 }),
    row(1, { countedRows: 1, rows: 1 }),
  ];
  expect(describeProgress(record, tables, later(1)).percent).toBe(99);
  const done = tables.map((table) => ({ ...table, status: 'ready' as const }));
  expect(describeProgress({ ...record, status: 'ready' }, done, later(1))).toMatchObject({
    percent: 100,
    tablesDone: 2,
  });
});

test('an export of empty tables ends at 100 percent', () => {
  const done = [0, 1].map((index) => row(index, { status: 'ready', countedRows: 0 }));
  expect(describeProgress({ ...record, status: 'ready' }, done, later(1)).percent).toBe(100);
});
