import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CatalogTable } from '../../../lib/core/catalog/catalog.ts';
import { withClient } from '../../support/postgres.ts';
import { catalogTable } from './catalog-table.ts';
import { type PostgresHarness, startPostgresHarness } from './postgres-harness.ts';
import { type Cell, drain, failureOf } from './read-stream.ts';

let harness: PostgresHarness;

beforeAll(async () => {
  harness = await startPostgresHarness();
});

afterAll(async () => {
  await harness?.close();
});

function open(tenantSourceId: string, tables: readonly CatalogTable[] = []) {
  const signal = new AbortController().signal;
  return harness.source().openSnapshot({ tenantSourceId, tables, signal });
}

/** What the tenant sees of the table, after its count agreed. */
async function rowsOf(
  tenantSourceId: string,
  table: CatalogTable,
): Promise<readonly (readonly Cell[])[]> {
  await using snapshot = await open(tenantSourceId, [table]);
  const columns = await snapshot.describe(table);
  const counted = await snapshot.count({ table, columns });
  const { cells } = await drain(await snapshot.stream({ table, columns }));
  expect(cells.length).toBe(counted);
  return cells;
}

describe('by row security', () => {
  const guarded = catalogTable('guarded', { tenant: { rls: true } });

  beforeAll(async () => {
    await harness.database.asOwner(`
      create table guarded (id int primary key, tenant_id text not null);
      insert into guarded values (1, 'acme'), (2, 'globex');
      create table unguarded (id int primary key, tenant_id text not null);
      insert into unguarded values (1, 'acme'), (2, 'globex');
      alter table guarded enable row level security;
      create policy own on guarded using (tenant_id = current_setting('sluice.tenant_id', true));
      create table no_policy (id int primary key, tenant_id text not null);
      insert into no_policy values (1, 'acme');
      alter table no_policy enable row level security;
      create view guarded_view as select * from guarded;
      create view guarded_as_caller with (security_invoker) as select * from guarded;
      create materialized view guarded_frozen as select * from guarded;
      create table hides_some (id int primary key, tenant_id text not null, deleted boolean);
      insert into hides_some select g, 'acme', g % 4 = 0 from generate_series(1, 100) as g;
      alter table hides_some enable row level security;
      create policy undeleted on hides_some using (not deleted);
      create view hides_some_as_caller with (security_invoker) as select * from hides_some;
      create view hides_some_as_owner as select * from hides_some;
      create table forced (id int primary key, tenant_id text not null);
      insert into forced values (1, 'acme'), (2, 'globex');
      alter table forced enable row level security;
      alter table forced force row level security;
      create view forced_view as select * from forced;
      create table open_to_all (id int primary key, tenant_id text not null);
      insert into open_to_all values (1, 'acme'), (2, 'globex'), (3, 'initech');
      alter table open_to_all enable row level security;
      create policy own on open_to_all using (tenant_id = current_setting('sluice.tenant_id', true));
      create policy careless on open_to_all using (true);
      create view open_to_all_as_caller with (security_invoker) as select * from open_to_all;
      create type brand as enum ('acme', 'globex');`);
  });

  test.each([
    ['no policy', 'no_policy'],
    ['a policy of its own', 'guarded'],
    ['a policy that hides some', 'hides_some'],
    ['a policy under a view that asks as its caller', 'hides_some_as_caller'],
    ['a policy that holds for the owner of a view, too', 'forced_view'],
  ])('B2 never reads by the column alone where row security hides: %s', async (_, from) => {
    const table = catalogTable('t', { from });
    await using snapshot = await open('acme', [table]);
    const failure = await failureOf(
      (async () => {
        await snapshot.describe(table);
        await snapshot.count({ table, columns: [] });
      })(),
    );
    expect([failure.code, failure.internal]).toEqual([
      'rows_hidden',
      expect.stringContaining('"rls": true'),
    ]);
    expect(failure.message).toContain('"t"');
  });

  test('B2 a view whose owner sees all rows hides none of them', async () => {
    const table = catalogTable('t', { from: 'hides_some_as_owner' });
    expect((await rowsOf('acme', table)).length).toBe(100);
  });

  test('B2 takes a view that asks as its caller by the policies under it', async () => {
    for (const tenant of [{ rls: true }, { rls: true, column: 'tenant_id' }]) {
      const table = catalogTable('t', { from: 'guarded_as_caller', tenant });
      expect(await rowsOf('acme', table)).toEqual([['1', 'acme']]);
      expect(await rowsOf('nobody', table)).toEqual([]);
    }
  });

  test.each([
    ['that has a policy for everything', 'open_to_all'],
    ['under a view', 'open_to_all_as_caller'],
    ['that the owner of a view passes over', 'guarded_view'],
  ])(
    'B2 refuses row security %s: it shows rows to a tenant that exists nowhere',
    async (_, from) => {
      for (const tenant of [{ rls: true }, { rls: true, column: 'tenant_id' }]) {
        const table = catalogTable('t', { from, tenant });
        await using snapshot = await open('acme', [guarded, table]);
        expect((await failureOf(snapshot.describe(table))).code).toBe('isolation_broken');
        expect((await failureOf(snapshot.count({ table, columns: [] }))).code).toBe(
          'isolation_broken',
        );
        // The others go on, under the tenant's own id.
        expect(await snapshot.count({ table: guarded, columns: [] })).toBe(1);
      }
    },
  );

  test.each([
    ['int', '7', '8'],
    ['smallint', '7', '8'],
    ['uuid', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a12'],
    ['brand', 'acme', 'globex'],
  ])('B2 asks policies on %s with an id that they can read', async (sqlType, one, two) => {
    await harness.database.asOwner(`
      drop table if exists guarded_typed;
      create table guarded_typed (id int primary key, tenant_id ${sqlType} not null);
      insert into guarded_typed values (1, '${one}'), (2, '${two}');
      alter table guarded_typed enable row level security;
      create policy own on guarded_typed
        using (tenant_id = current_setting('sluice.tenant_id')::${sqlType})`);
    const both = catalogTable('t', {
      from: 'guarded_typed',
      tenant: { rls: true, column: 'tenant_id' },
    });
    expect(idsOf(await rowsOf(one, both))).toEqual(['1']);
    const alone = catalogTable('t', { from: 'guarded_typed', tenant: { rls: true } });
    if (sqlType !== 'brand') {
      expect(idsOf(await rowsOf(one, alone))).toEqual(['1']);
      return;
    }
    // No id that exists nowhere is a label, so nothing is shown by it.
    await using snapshot = await open(one, [alone]);
    const failure = await failureOf(snapshot.describe(alone));
    expect([failure.code, failure.internal]).toEqual([
      'isolation_broken',
      expect.stringContaining('"column"'),
    ]);
  });

  test('B2 the policies alone keep the tenants apart', async () => {
    expect(await rowsOf('acme', guarded)).toEqual([['1', 'acme']]);
    expect(await rowsOf('globex', guarded)).toEqual([['2', 'globex']]);
    expect(await rowsOf('nobody', guarded)).toEqual([]);
  });

  test('B2 the column and the policies hold together', async () => {
    const both = catalogTable('guarded', { tenant: { rls: true, column: 'tenant_id' } });
    expect(await rowsOf('acme', both)).toEqual([['1', 'acme']]);
    const noPolicy = catalogTable('no_policy', { tenant: { rls: true, column: 'tenant_id' } });
    expect(await rowsOf('acme', noPolicy)).toEqual([]);
  });

  test('S29 the export login sees no row when no tenant is set, also after another was', async () => {
    await withClient(harness.database.readerUrl, async (client) => {
      const count = async () => (await client.query('select count(*)::int as n from guarded')).rows;
      expect(await count()).toEqual([{ n: 0 }]);
      await client.query(`begin; select set_config('sluice.tenant_id', 'acme', true)`);
      expect(await count()).toEqual([{ n: 1 }]);
      await client.query('commit');
      expect(await count()).toEqual([{ n: 0 }]);
    });
  });

  test.each(['unguarded', 'guarded_frozen'])(
    'B2 refuses %s, which has no row security',
    async (from) => {
      const table = catalogTable('t', { from, tenant: { rls: true } });
      await using snapshot = await open('acme', [table]);
      expect((await failureOf(snapshot.describe(table))).code).toBe('permission_denied');
      expect((await failureOf(snapshot.count({ table, columns: [] }))).code).toBe(
        'permission_denied',
      );
      expect((await failureOf(snapshot.stream({ table, columns: [] }))).code).toBe(
        'permission_denied',
      );
    },
  );

  test('B2 refuses a login that passes over the policies, even when its powers are allowed', async () => {
    const { ownerUrl, adminUrl } = harness.database;
    for (const url of [ownerUrl, adminUrl]) {
      const source = harness.source({ url, allowPowerfulLogin: ['superuser', 'owns_tables'] });
      const signal = new AbortController().signal;
      const request = { tenantSourceId: 'acme', tables: [guarded], signal };
      await using snapshot = await source.openSnapshot(request);
      expect((await failureOf(snapshot.describe(guarded))).code).toBe('login_too_powerful');
    }
  });

  test('B2 takes the owner when row security is forced', async () => {
    await harness.database.asOwner('alter table guarded force row level security');
    const source = harness.source({
      url: harness.database.ownerUrl,
      allowPowerfulLogin: ['owns_tables'],
    });
    const signal = new AbortController().signal;
    await using snapshot = await source.openSnapshot({
      tenantSourceId: 'acme',
      tables: [guarded],
      signal,
    });
    expect(await snapshot.count({ table: guarded, columns: [] })).toBe(1);
  });
});

const idsOf = (cells: readonly (readonly Cell[])[]) => cells.map(([id]) => id);
