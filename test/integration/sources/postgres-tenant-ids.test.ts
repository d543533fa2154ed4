import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CatalogTable } from '../../../lib/core/catalog/catalog.ts';
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

beforeAll(async () => {
  await harness.database.asOwner(`create type company as enum ('acme', 'globex')`);
});

const unfit: readonly (readonly [string, readonly string[]])[] = [
  [
    'int',
    ['01', ' 1', '1 ', '+1', '1.0', '1e0', '0x1', '-0', '', '٤', '2147483648', 'canary-4711'],
  ],
  ['smallint', ['32768', '01']],
  ['bigint', ['9223372036854775808', '1_0']],
  ['oid', ['-1', '4294967296', '01']],
  ['numeric', ['01', '1.0', '+1', ' 1', '1e0', '.5', 'NaN', '-0', '1.']],
  ['numeric(10,2)', ['1.00', '1.0', '01']],
  [
    'uuid',
    [
      'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11',
      '{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}',
      'a0eebc999c0b4ef8bb6d6bb9bd380a11',
      ' a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11',
    ],
  ],
  ['company', ['ACME', ' acme', 'nobody']],
];

test.each(unfit)('K3 refuses an id that a column of %s would bend', async (sqlType, ids) => {
  const own: Readonly<Record<string, string>> = {
    uuid: 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11',
    company: 'acme',
  };
  await harness.database.asOwner(`
    drop table if exists unfit;
    create table unfit (id int primary key, tenant_id ${sqlType} not null);
    insert into unfit values (1, '${own[sqlType] ?? '1'}')`);
  const table = catalogTable('unfit');
  expect(idsOf(await rowsOf(own[sqlType] ?? '1', table))).toEqual(['1']);
  for (const id of ids.filter((each) => each !== '')) {
    await using snapshot = await open(id, [table]);
    const failure = await failureOf(snapshot.describe(table));
    expect([id, failure.code]).toEqual([id, 'tenant_id_unfit']);
    expect(failure.internal).toContain('tenant_id');
    expect(`${failure.message} ${failure.internal}`).not.toContain('canary');
  }
});

test('K3 a collation that takes two texts for equal gives no tenant another’s rows', async () => {
  const ids = ['public', 'PUBLIC', 'Public', 'públic'];
  const values = ids.map((id, index) => `(${index}, '${id}')`).join(', ');
  await harness.database.asOwner(`
    create collation if not exists nd (provider = icu, locale = 'und-u-ks-level1', deterministic = false);
    create collation loose (provider = icu, locale = 'und-u-ks-level1', deterministic = false);
    create domain loose_text as text collate loose;
    create table loose_ids (id int primary key, tenant_id text collate loose not null);
    create table loose_chars (id int primary key, tenant_id char(10) collate loose not null);
    create table loose_domain (id int primary key, tenant_id loose_text not null);
    insert into loose_ids values ${values}; insert into loose_chars values ${values};
    insert into loose_domain values ${values};
    create view loose_view as select * from loose_ids;`);
  for (const from of ['loose_ids', 'loose_chars', 'loose_domain', 'loose_view']) {
    const table = catalogTable('loose', { from });
    for (const [index, id] of ids.entries()) {
      expect([from, idsOf(await rowsOf(id, table))]).toEqual([from, [String(index)]]);
    }
    expect(await rowsOf('pUBLIC', table)).toEqual([]);
  }
});

test('K3 blanks at the end make another id, for char(n) too', async () => {
  await harness.database.asOwner(`
    create table padded (id int primary key, tenant_id char(8) not null);
    insert into padded values (1, 'acme')`);
  expect(idsOf(await rowsOf('acme', catalogTable('padded')))).toEqual(['1']);
  for (const id of ['acme ', 'acme    ']) {
    expect(await rowsOf(id, catalogTable('padded'))).toEqual([]);
  }
});

test('K3 the tripwire fails the table when an index leads to a row of another tenant', async () => {
  // An index over a function that has changed its mind, as after an upgrade of a collation: it says
  // "acme" of rows that are no longer acme's, and the predicate takes its word.
  await harness.database.asOwner(`
    create table owners (id int primary key, owner text not null);
    insert into owners select g, case when g % 2 = 0 then 'acme' else 'globex' end
      from generate_series(1, 4000) as g;
    create function owner_of(owner text) returns text language plpgsql immutable as
      'begin return owner; end';
    create index on owners (owner_of(owner));
    create view owned as select id, owner_of(owner) as tenant_id from owners;
    analyze owners;`);
  const table = catalogTable('owned');
  await harness.database.asAdmin(
    `alter role "${harness.database.readerRole}" set enable_seqscan = off`,
  );
  expect((await rowsOf('acme', table)).length).toBe(2000);
  await harness.database.asOwner(`
    create or replace function owner_of(owner text) returns text language plpgsql immutable as
      $$begin return case owner when 'acme' then 'globex' else owner end; end$$`);
  await using snapshot = await open('acme', [table]);
  const columns = (await snapshot.describe(table)).filter(({ name }) => name === 'id');
  // The count believes the index: nothing but the tripwire knows.
  expect(await snapshot.count({ table, columns })).toBe(2000);
  const failure = await failureOf(snapshot.stream({ table, columns }).then((s) => drain(s)));
  expect([failure.code, failure.internal]).toEqual([
    'isolation_broken',
    expect.stringContaining('REINDEX'),
  ]);
  await harness.database.asAdmin(
    `alter role "${harness.database.readerRole}" reset enable_seqscan`,
  );
});

const idsOf = (cells: readonly (readonly Cell[])[]) => cells.map(([id]) => id);

test('X10 a single column is quoted, so that no value of it ends the data for its readers', async () => {
  await harness.database.asOwner(
    `create table sole_text (v text, tenant_id text not null);
     insert into sole_text values ('\\.', 'acme'), ('', 'acme'), (null, 'acme'), ('a', 'acme')`,
  );
  const table = catalogTable('sole_text', { from: 'sole_text', key: [] });
  await using snapshot = await open('acme', [table]);
  const columns = (await snapshot.describe(table)).filter(({ name }) => name === 'v');
  const stream = await snapshot.stream({ table, columns });
  if (stream.kind !== 'csv') throw new Error('no CSV');
  let text = '';
  for (let batch = await stream.read(10); batch !== undefined; batch = await stream.read(10)) {
    text += Buffer.from(batch.bytes).toString();
  }
  expect(text).toBe('"\\."\n""\n\n"a"\n');
});
