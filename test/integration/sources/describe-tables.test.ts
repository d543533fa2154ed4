import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Catalog, CatalogTable } from '../../../lib/core/catalog/catalog.ts';
import { createDescribeTables } from '../../../lib/core/catalog/describe-tables.ts';
import { runSql, withClient } from '../../support/postgres.ts';
import { watchConnections } from '../../support/watch-connections.ts';
import { fakeWorld } from '../../unit/http/fake-services.ts';
import { client } from '../../unit/http/http-client.ts';
import { catalogTable } from './catalog-table.ts';
import { type PostgresHarness, startPostgresHarness } from './postgres-harness.ts';

const table = (name: string, labels: Readonly<Record<string, string>> = {}): CatalogTable => ({
  ...catalogTable(name, { from: `public.${name}` }),
  labels,
});

const catalog: Catalog = {
  sources: {},
  tables: [table('orders', { system: 'shop' }), table('payroll', { system: 'staff' })],
  excluded: [],
};

let harness: PostgresHarness;
beforeAll(async () => {
  harness = await startPostgresHarness();
  await harness.database.asOwner(`
    create table orders (id int primary key, tenant_id text not null);
    create table payroll (id int primary key, tenant_id text not null);
    insert into orders values (1, 't-1'), (2, 't-2')`);
});
afterAll(() => harness.close());

let describeTables: ReturnType<typeof createDescribeTables>;
beforeEach(() => {
  const source = harness.source();
  describeTables = createDescribeTables({
    catalog,
    sources: () => source,
    clock: () => new Date(),
  });
});

test('S28 sixty readers of the catalog log in once, and an export finds its connection', async () => {
  const { adminUrl, readerRole } = harness.database;
  // As many as an export needs and a description, with one to spare.
  await runSql(adminUrl, `alter role ${readerRole} connection limit 3`);
  try {
    using watch = watchConnections();
    const send = client(fakeWorld({ catalog, describeTables }));
    const crowd = Promise.all(Array.from({ length: 60 }, () => send('GET', 'v1/tables')));
    const source = harness.source();
    const orders = catalog.tables[0] as CatalogTable;
    await using snapshot = await source.openSnapshot({
      tenantSourceId: 't-2',
      tables: [orders],
      signal: new AbortController().signal,
    });
    const columns = await snapshot.describe(orders);
    expect(await snapshot.count({ table: orders, columns })).toBe(1);
    const answers = await crowd;
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    for (const { json } of answers) expect(json['tables']).toHaveLength(2);
    // One for the crowd, one for the export.
    expect(watch.count).toBe(2);
    const next = await send('GET', 'v1/tables');
    expect([next.status, next.json['code']]).toEqual([429, 'too_many_requests']);
    expect(next.headers.get('ratelimit-policy')).toBe('"tables";q=60;w=60');
  } finally {
    await runSql(adminUrl, `alter role ${readerRole} connection limit -1`);
  }
});
test('S36 a grant too many on one table is that table’s error, and nobody hears of it who may not see it', async () => {
  const { ownerUrl, readerRole } = harness.database;
  await withClient(ownerUrl, (owner) => owner.query(`grant insert on payroll to ${readerRole}`));
  try {
    const world = fakeWorld({ catalog, describeTables });
    const all = await client(world)('GET', 'v1/tables');
    expect(all.json['tables']).toMatchObject([
      { name: 'orders', columns: [{ name: 'id' }, { name: 'tenant_id' }] },
      { name: 'payroll', error: { code: 'login_too_powerful' } },
    ]);
    const limited = fakeWorld({
      ...world.services,
      keys: {
        ...world.services.keys,
        authenticate: async () => ({
          kind: 'key',
          tenantId: 'acme',
          keyId: 'limited',
          scopes: ['exports:read'],
          labels: { system: ['shop'] },
        }),
      },
    });
    const seen = await client(limited)('GET', 'v1/tables');
    expect(seen.json['tables']).toMatchObject([{ name: 'orders' }]);
    expect(seen.text).not.toContain('payroll');
    expect(seen.text).not.toContain('error');
  } finally {
    await withClient(ownerUrl, (owner) =>
      owner.query(`revoke insert on payroll from ${readerRole}`),
    );
  }
});
