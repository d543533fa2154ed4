import { expect, test } from 'vitest';
import type { Catalog } from '../../../lib/core/catalog/catalog.ts';
import { buildManifest } from '../../../lib/core/exports/manifest.ts';
import type { TableRecord } from '../../../lib/core/exports/table-record.ts';
import { exportOf } from '../../integration/tables/samples.ts';

const table = (name: string): TableRecord => ({
  exportId: 'e',
  index: 0,
  name,
  source: 'app',
  status: 'ready',
  attempt: 1,
  countedRows: 0,
  rows: 0,
  bytes: 0,
});

const entry = { source: 'app', key: [], labels: {} };
const catalog: Catalog = {
  sources: { app: { kind: 'sqlite', file: 'app.db', parallelTables: 1 } },
  tables: [
    {
      ...entry,
      name: 'orders',
      from: 'orders',
      tenant: { column: 't', rls: false, schema: false },
    },
    { ...entry, name: 'countries', from: 'c', tenant: { rls: false, schema: false, shared: true } },
  ],
  excluded: [],
};

test('K3 the manifest says which tables every tenant gets whole', () => {
  const now = new Date('2026-01-02T03:04:05Z');
  const { tables } = buildManifest({
    record: exportOf(),
    proven: ['orders', 'countries'].map((name) => ({ table: table(name), parts: [] })),
    failed: [],
    catalog,
    completedAt: now,
    expiresAt: now,
  });
  expect(tables.map(({ name, tenant }) => [name, tenant])).toEqual([
    ['orders', undefined],
    ['countries', 'shared'],
  ]);
});
