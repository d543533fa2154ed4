import { expect, test } from 'vitest';
import type { Catalog } from '../../../lib/core/catalog/catalog.ts';
import { packLanes } from '../../../lib/core/exports/plan-export.ts';
import { resolveRequest } from '../../../lib/core/exports/resolve-request.ts';

const table = (name: string, source = 'app') => ({
  name,
  source,
  from: name,
  tenant: { column: 'tenant_id', rls: false, schema: false },
  key: [],
  labels: {},
});
const catalog: Catalog = {
  sources: {
    app: { kind: 'sqlite', file: 'a', parallelTables: 2 },
    other: { kind: 'sqlite', file: 'b', parallelTables: 4 },
  },
  tables: [table('a'), table('b'), table('c', 'other')],
  excluded: [],
};

test('all tables means every table of the catalog, with the defaults filled in', () => {
  expect(resolveRequest({ tables: 'all' }, catalog)).toEqual({
    tables: [{ name: 'a' }, { name: 'b' }, { name: 'c' }],
    format: 'csv',
    compression: 'gzip',
    dialect: 'data',
    packaging: 'files',
    consistency: 'table',
  });
});

test('every unknown or repeated table is named with its place', () => {
  const wish = { tables: [{ name: 'a' }, { name: 'x' }, { name: 'a' }] };
  expect(() => resolveRequest(wish, catalog)).toThrow(
    expect.objectContaining({
      code: 'unknown_table',
      mistakes: [
        { pointer: '/tables/1/name', message: 'There is no table "x".' },
        { pointer: '/tables/2/name', message: 'The table "a" is named twice.' },
      ],
    }),
  );
});

test('lanes are as many as a source allows and hold every table once', () => {
  const tables = [0, 1, 2, 3, 4].map((index) => ({ index, source: 'app' }));
  const lanes = packLanes([...tables, { index: 5, source: 'other' }], catalog);
  expect(lanes).toEqual([[0, 2, 4], [1, 3], [5]]);
});

test('no tables give no lanes', () => {
  expect(packLanes([], catalog)).toEqual([]);
});
