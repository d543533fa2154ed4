import { afterAll, beforeAll, expect, test } from 'vitest';
import { catalogTable } from './catalog-table.ts';
import { type PostgresHarness, startPostgresHarness } from './postgres-harness.ts';
import { typeCases, typeSetup } from './postgres-type-cases.ts';
import { drain } from './read-stream.ts';

let harness: PostgresHarness;
const every = catalogTable('every');

beforeAll(async () => {
  harness = await startPostgresHarness();
  const columns = typeCases.map(([sqlType], index) => `c${index} ${sqlType}`);
  const values = typeCases.map(([, value]) => value);
  await harness.database.asAdmin(typeSetup);
  await harness.database.asAdmin(`
    grant usage, create on schema public to "${harness.database.ownerRole}";
    set role "${harness.database.ownerRole}";
    create table every (id int primary key, tenant_id text, ${columns.join(', ')},
      doubled int generated always as (id * 2) stored);
    insert into every values (1, 'acme', ${values.join(', ')});`);
  // Settings of the database that would change what is written, were they not fixed.
  await harness.database.asAdmin(`
    alter database "${harness.database.name}" set timezone = 'Asia/Kolkata';
    alter database "${harness.database.name}" set datestyle = 'German, DMY';
    alter database "${harness.database.name}" set intervalstyle = 'postgres_verbose';
    alter database "${harness.database.name}" set bytea_output = 'escape';
    alter database "${harness.database.name}" set extra_float_digits = -5;
    alter database "${harness.database.name}" set row_security = off;`);
});

afterAll(async () => {
  await harness?.close();
});

test('X10 gives every type cell by cell, whatever the database is set to', async () => {
  const signal = new AbortController().signal;
  const request = { tenantSourceId: 'acme', tables: [every], signal };
  await using snapshot = await harness.source().openSnapshot(request);
  const columns = await snapshot.describe(every);
  const { cells } = await drain(await snapshot.stream({ table: every, columns }));
  const [row = []] = cells;
  expect(cells.length).toBe(1);
  const found = typeCases.map(([sqlType, value], index) => {
    const column = columns[index + 2];
    return [sqlType, value, column?.type, row[index + 2]];
  });
  expect(found).toEqual(typeCases);
  expect([columns.at(-1)?.name, row.at(-1)]).toEqual(['doubled', '2']);
});

test('names each type as the source does, and says what may be NULL', async () => {
  const signal = new AbortController().signal;
  const request = { tenantSourceId: 'acme', tables: [every], signal };
  await using snapshot = await harness.source().openSnapshot(request);
  const columns = await snapshot.describe(every);
  const facts = (sqlType: string) => {
    const column = columns[typeCases.findIndex(([name]) => name === sqlType) + 2];
    return [column?.sourceType, column?.nullable];
  };
  expect(facts('numeric(10,2)')).toEqual(['numeric(10,2)', true]);
  expect(facts('timestamptz(0)')).toEqual(['timestamp(0) with time zone', true]);
  expect(facts('mood')).toEqual(['public.mood', true]);
  expect(facts('half')).toEqual(['public.half', false]);
  expect(facts('integer[][]')).toEqual(['integer[]', true]);
});

test('L9 a NOT NULL that nobody has validated lets NULL be, and so the column may be NULL', async () => {
  const { database } = harness;
  await database.asOwner(`
    create table later (id int primary key, tenant_id text not null, old text, new text not null);
    insert into later values (1, 'acme', null, 'x');
    alter table later add constraint old_set not null old not valid;`);
  const later = catalogTable('later');
  const signal = new AbortController().signal;
  const request = { tenantSourceId: 'acme', tables: [later], signal };
  const nullable = async () => {
    await using snapshot = await harness.source().openSnapshot(request);
    return (await snapshot.describe(later)).map((column) => column.nullable);
  };
  expect(await nullable()).toEqual([false, false, true, false]);
  await database.asOwner(
    `update later set old = ''; alter table later validate constraint old_set`,
  );
  expect(await nullable()).toEqual([false, false, false, false]);
});
