import fc from 'fast-check';
import { escapeIdentifier, escapeLiteral } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tenantPredicate } from '../../../lib/adapters/sources/postgres/tenant-predicate.ts';
import type { CatalogTable } from '../../../lib/core/catalog/catalog.ts';
import { withClient } from '../../support/postgres.ts';
import { catalogTable } from './catalog-table.ts';
import { type PostgresHarness, startPostgresHarness } from './postgres-harness.ts';
import { type Cell, drain, failureOf } from './read-stream.ts';

let harness: PostgresHarness;
const seed = Number(process.env['SLUICE_TEST_SEED'] ?? Date.now() % 1_000_000);

beforeAll(async () => {
  console.log(`seed ${seed} (SLUICE_TEST_SEED)`);
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

describe('by column', () => {
  const keyTypes: readonly (readonly [sqlType: string, one: string, two: string])[] = [
    ['int', '1', '2'],
    ['bigint', '9007199254740993', '9007199254740992'],
    ['uuid', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a12'],
    ['numeric', '10', '100'],
    ['varchar(3)', 'abc', 'ab'],
    ['char(3)', 'abc', 'ab'],
    ['"char"', 'a', 'b'],
    ['name', 'acme', 'acme2'],
    ['short_code', 'abc', 'ab'],
    ['company', 'acme', 'globex'],
    ['text', 'acme', 'ACME'],
    ['citext', 'acme', 'globex'],
  ];

  test('K3 keeps tenants apart whatever type the column has', async () => {
    const { database } = harness;
    await database.asAdmin('create extension citext');
    await database.asOwner(`
      create domain short_code as varchar(3);
      create type company as enum ('acme', 'globex')`);
    for (const [index, [sqlType, one, two]] of keyTypes.entries()) {
      await database.asOwner(`
        create table typed_${index} (id int primary key, tenant_id ${sqlType} not null);
        insert into typed_${index} values (1, ${escapeLiteral(one)}), (2, ${escapeLiteral(two)});`);
      const table = catalogTable('typed', { from: `typed_${index}` });
      expect([sqlType, idsOf(await rowsOf(one, table))]).toEqual([sqlType, ['1']]);
      expect([sqlType, idsOf(await rowsOf(two, table))]).toEqual([sqlType, ['2']]);
    }
  });

  test.each([
    ['int', 'int4', 'integer', '1'],
    ['uuid', 'uuid', 'uuid', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'],
    ['varchar(20)', 'varchar', 'character varying', 'acme'],
    ['text', 'text', 'text', 'acme'],
    ['text collate nd', 'text', 'text', 'acme'],
    ['char(4)', 'bpchar', 'bpchar', 'acme'],
  ])(
    'finds the rows of a tenant by an index on a column of type %s',
    async (sqlType, name, castName, id) => {
      const type = { name, isBuiltIn: true, kind: 'base' } as const;
      const where = tenantPredicate({
        name: 'tenant_id',
        sourceType: sqlType,
        nullable: false,
        type,
        castName,
        expression: (column) => column,
        hasExactCollation: sqlType !== 'text collate nd',
      });
      const plan = await withClient(harness.database.ownerUrl, async (client) => {
        await client.query(`
        create collation if not exists nd (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
        create temporary table indexed (tenant_id ${sqlType});
        create index on indexed (tenant_id);
        set enable_seqscan = off; set search_path = pg_catalog, pg_temp;`);
        await client.query(`select set_config('sluice.tenant_id', $1, false)`, [id]);
        return await client.query<{ 'QUERY PLAN': string }>(
          `explain select * from indexed where ${where}`,
        );
      });
      expect(plan.rows.map((row) => row['QUERY PLAN']).join('\n')).toContain('Index Cond');
    },
  );

  test('K3 never lets a cast cut an id down to another tenant’s', async () => {
    for (const [index, [sqlType, one]] of keyTypes.entries()) {
      if (['int', 'bigint', 'uuid', 'numeric', 'company'].includes(sqlType)) continue;
      const table = catalogTable('typed', { from: `typed_${index}` });
      expect([sqlType, await rowsOf(`${one}${'x'.repeat(100)}`, table)]).toEqual([sqlType, []]);
    }
  });

  test('S27 random tenant ids see their own row and nothing else', async () => {
    await harness.database.asOwner(
      'create table fuzz (id int primary key, tenant_id text not null)',
    );
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(tenantId, { minLength: 2, maxLength: 6 }), async (ids) => {
        const values = ids.map((id, index) => `(${index}, ${escapeLiteral(id)})`);
        await harness.database.asOwner(
          `truncate fuzz; insert into fuzz values ${values.join(', ')}`,
        );
        for (const [index, id] of ids.entries()) {
          expect(await rowsOf(id, catalogTable('fuzz'))).toEqual([[String(index), id]]);
        }
      }),
      { seed, numRuns: 15 },
    );
  });

  test('S27 random names of tables and columns are names and nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(identifier, identifier, identifier, async (schema, relation, column) => {
        // The first dot parts schema and table, so a schema's own name has none.
        const from = `${schema.replaceAll('.', '_')}.${relation}`;
        const name = `${escapeIdentifier(schema.replaceAll('.', '_'))}.${escapeIdentifier(relation)}`;
        const names = [...new Set([column, `${column.slice(0, 10)}2`, 'id'])];
        const [tenantColumn = ''] = names;
        const list = names.map((each) => `${escapeIdentifier(each)} text`);
        await harness.database.asOwner(`
          create schema ${escapeIdentifier(schema.replaceAll('.', '_'))};
          create table ${name} (${list.join(', ')});
          insert into ${name} (${escapeIdentifier(tenantColumn)}) values ('acme'), ('globex')`);
        try {
          const table = catalogTable('t', {
            from,
            tenant: { column: tenantColumn },
            key: [tenantColumn],
          });
          expect(await rowsOf('acme', table)).toEqual([
            ['acme', ...names.slice(1).map(() => null)],
          ]);
        } finally {
          await harness.database.asOwner(
            `drop schema ${escapeIdentifier(schema.replaceAll('.', '_'))} cascade`,
          );
        }
      }),
      { seed, numRuns: 25 },
    );
  });
});

describe('by schema', () => {
  const orders = catalogTable('orders', { tenant: { schema: true } });

  beforeAll(async () => {
    for (const tenant of ['acme', 'globex_2', '_x']) {
      await harness.database.asOwner(`
        create schema "${tenant}";
        create table "${tenant}".orders (id int primary key, note text);
        insert into "${tenant}".orders values (1, '${tenant}')`);
    }
  });

  test('K3 reads the schema of the tenant', async () => {
    for (const tenant of ['acme', 'globex_2', '_x']) {
      expect(await rowsOf(tenant, orders)).toEqual([['1', tenant]]);
    }
  });

  test('K3 says `table_missing` for a tenant without a schema', async () => {
    await using snapshot = await open('nobody', [orders]);
    expect((await failureOf(snapshot.describe(orders))).code).toBe('table_missing');
  });

  test.each([
    'Acme',
    'acme"',
    'acme.orders',
    'acme;',
    '1acme',
    'acmé',
    'a'.repeat(64),
    'pg_catalog',
    'information_schema',
  ])('K3 refuses %s as the name of a schema', async (tenant) => {
    await using snapshot = await open(tenant, [orders]);
    expect((await failureOf(snapshot.describe(orders))).code).toBe('query_failed');
  });
});

test('K3 a shared table is read whole, by every tenant; hidden rows are refused there, too', async () => {
  await harness.database.asOwner(`
    create table countries (code text primary key, tenant_id text);
    insert into countries values ('de', 'acme'), ('at', 'globex'), ('ch', null);
    create table hidden_countries (code text primary key);
    alter table hidden_countries enable row level security;`);
  const table = catalogTable('countries', { tenant: { shared: true }, key: ['code'] });
  for (const tenant of ['acme', 'globex', 'nobody']) {
    expect(idsOf(await rowsOf(tenant, table))).toEqual(['de', 'at', 'ch']);
  }
  const hidden = catalogTable('hidden_countries', { tenant: { shared: true }, key: ['code'] });
  await using snapshot = await open('acme', [hidden]);
  expect((await failureOf(snapshot.describe(hidden))).code).toBe('rows_hidden');
});

test('reads partitioned tables, materialized views and foreign tables', async () => {
  const { database } = harness;
  await database.asOwner(`
    create table parts (id int not null, tenant_id text not null) partition by list (tenant_id);
    create table parts_a partition of parts for values in ('acme');
    create table parts_rest partition of parts default;
    insert into parts values (1, 'acme'), (2, 'globex');
    create materialized view frozen as select * from parts;`);
  await database.asAdmin(`
    create extension postgres_fdw;
    create server itself foreign data wrapper postgres_fdw
      options (host '127.0.0.1', port '${harness.server.port}', dbname '${database.name}');
    create user mapping for "${database.readerRole}" server itself
      options (user '${database.readerRole}', password '${new URL(database.readerUrl).password}');
    create foreign table distant (id int, tenant_id text) server itself options (table_name 'parts');
    grant select on distant to "${database.readerRole}";`);
  for (const from of ['parts', 'frozen', 'distant']) {
    expect([from, await rowsOf('acme', catalogTable('t', { from }))]).toEqual([
      from,
      [['1', 'acme']],
    ]);
  }
});

const idsOf = (cells: readonly (readonly Cell[])[]) => cells.map(([id]) => id);

const tenantId = fc.oneof(
  fc
    .string({ minLength: 1, maxLength: 40, unit: 'grapheme' })
    .filter((text) => !text.includes('\0')),
  fc.constantFrom("'", "' or 1=1 --", "'; drop table fuzz; --", '\\', '$$', '"', '1', 'tenant_id'),
);

// PostgreSQL cuts names at 63 bytes and takes no NUL.
const identifier = fc
  .oneof(
    fc.string({ minLength: 1, maxLength: 15, unit: 'grapheme' }),
    fc.constantFrom(
      'a"b',
      '"',
      "'",
      'sel;ect',
      'select',
      'a b',
      'Ä',
      '$1',
      '--',
      '/*',
      '\\',
      'a.b',
      '%',
    ),
  )
  .filter(
    (text) => !text.includes('\0') && Buffer.byteLength(text) <= 50 && !text.startsWith('pg_'),
  );
