import { expect, test } from 'vitest';
import { reconcile } from '../../../lib/core/exports/reconcile.ts';
import type { PartRecord, TableRecord } from '../../../lib/core/exports/table-record.ts';

const table: TableRecord = {
  exportId: 'e',
  index: 0,
  name: 'orders',
  source: 'app',
  status: 'ready',
  attempt: 1,
  countedRows: 5,
  rows: 5,
  bytes: 30,
};
const part = (partIndex: number, rows: number): PartRecord => ({
  exportId: 'e',
  tableIndex: 0,
  partIndex,
  name: `orders-0000${partIndex}.csv`,
  rows,
  bytes: 15,
  uncompressedBytes: 15,
  sha256: `hash${partIndex}`,
});
const parts = [part(1, 3), part(2, 2)];
const files = parts.map(({ name, bytes, sha256 }) => ({ name, bytes, sha256 }));

test('X1 a table whose count, rows, parts and files agree is proven', () => {
  expect(reconcile([table], parts, files)).toEqual({ proven: [{ table, parts }], failed: [] });
});

test.each<[string, Partial<TableRecord>, readonly PartRecord[], typeof files, string]>([
  ['the source counted more', { countedRows: 6 }, parts, files, 'count_mismatch'],
  ['the source was never counted', { rows: 6 }, parts, files, 'count_mismatch'],
  ['a part has a row less', {}, [part(1, 2), part(2, 2)], files, 'count_mismatch'],
  ['the first part is missing', {}, [part(2, 5)], files, 'count_mismatch'],
  ['no part was written', { rows: 0, countedRows: 0 }, [], files, 'count_mismatch'],
  ['a file is missing', {}, parts, files.slice(1), 'file_mismatch'],
  ['a file is shorter', {}, parts, files.map((file) => ({ ...file, bytes: 14 })), 'file_mismatch'],
  [
    'a file has other bytes',
    {},
    parts,
    files.map((file) => ({ ...file, sha256: 'x' })),
    'file_mismatch',
  ],
  ['the table was not finished', { status: 'running' }, parts, files, 'internal_error'],
])('X1 never ready when %s', (_, change, givenParts, givenFiles, code) => {
  const result = reconcile([{ ...table, ...change }], givenParts, givenFiles);
  expect(result.proven).toEqual([]);
  expect(result.failed).toMatchObject([{ name: 'orders', code }]);
});

test('L9 a failed table keeps its own reason and does not touch its neighbour', () => {
  const failure = { code: 'table_missing', message: 'gone' } as const;
  const other: TableRecord = { ...table, index: 1, name: 'users', status: 'failed', failure };
  expect(reconcile([table, other], parts, files)).toEqual({
    proven: [{ table, parts }],
    failed: [{ name: 'users', ...failure }],
  });
});
