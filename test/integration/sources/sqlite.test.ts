import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSqliteSource } from '../../../lib/adapters/sources/sqlite/create-sqlite-source.ts';
import type { CatalogTable } from '../../../lib/core/catalog/catalog.ts';
import type { Row, Snapshot } from '../../../lib/core/sources/source.ts';
import { catalogTable } from './catalog-table.ts';
import { failureOf } from './read-stream.ts';
import { type SqliteHarness, startSqliteHarness } from './sqlite-harness.ts';

let harness: SqliteHarness;

beforeAll(async () => {
  harness = await startSqliteHarness();
});

afterAll(async () => {
  await harness?.source.close();
  await harness?.close();
});

function open(tenantSourceId = 'acme', signal = new AbortController().signal): Promise<Snapshot> {
  return harness.source.openSnapshot({ tenantSourceId, tables: [], signal });
}

async function rowsOf(table: CatalogTable, tenant = 'acme'): Promise<readonly Row[]> {
  await using snapshot = await open(tenant);
  const columns = await snapshot.describe(table);
  const stream = await snapshot.stream({ table, columns });
  const rows: Row[] = [];
  if (stream.kind !== 'rows') throw new TypeError('SQLite gives rows.');
  for (let batch = await stream.read(100); batch; batch = await stream.read(100))
    rows.push(...batch);
  return rows;
}

test('X10 gives every kind of value, digits and bytes included', async () => {
  await harness.execute(`
    create table kinds (id integer primary key, tenant_id text not null, big integer, exact decimal(20,2),
      share real, on_off boolean, day date, at datetime, made timestamp, extra json, bytes blob, bare,
      doubled integer generated always as (id * 2) virtual);
    insert into kinds (id, tenant_id, big, exact, share, on_off, day, at, made, extra, bytes, bare) values
      (1, 'acme', 9223372036854775807, '12.50', 0.1, 1, '2026-01-02', '2026-01-02 03:04:05.123',
       '2026-01-02T03:04:05Z', '{"a": 1}', x'00ff', 'x'),
      (2, 'acme', -1, 12.5, 9e999, 0, null, null, null, null, null, x'01'),
      (3, 'globex', 0, 0, 0, 0, null, null, null, null, null, null)`);
  expect(await rowsOf(catalogTable('kinds'))).toEqual([
    [
      1,
      'acme',
      9_223_372_036_854_775_807n,
      12.5,
      0.1,
      true,
      '2026-01-02',
      '2026-01-02T03:04:05.123Z',
      '2026-01-02T03:04:05Z',
      '{"a": 1}',
      new Uint8Array([0, 255]),
      'x',
      2,
    ],
    [
      2,
      'acme',
      -1,
      12.5,
      Number.POSITIVE_INFINITY,
      false,
      null,
      null,
      null,
      null,
      null,
      new Uint8Array([1]),
      4,
    ],
  ]);
});

test('K3 takes a name that SQLite would read as a text for a missing column', async () => {
  await harness.execute(`create table plain (id integer primary key, owner text not null)`);
  const table = catalogTable('plain', { tenant: { column: 'tenant_id' } });
  await using snapshot = await open('tenant_id');
  expect((await failureOf(snapshot.describe(table))).code).toBe('column_missing');
  expect((await failureOf(snapshot.count({ table, columns: [] }))).code).toBe('column_missing');
});

test('K3 finds a tenant by number, in tables and in the expressions of views', async () => {
  await harness.execute(`
    create table numbered (id integer primary key, tenant_id integer not null);
    insert into numbered values (1, 7), (2, 8), (3, 77);
    create view numbered_view as select id, tenant_id + 0 as tenant_id from numbered`);
  for (const from of ['numbered', 'numbered_view', 'main.numbered']) {
    expect(await rowsOf(catalogTable('t', { from }), '7')).toEqual([[1, 7]]);
    expect(await rowsOf(catalogTable('t', { from }), `7' or 1=1`)).toEqual([]);
  }
});

test('K3 takes nasty names of tables and columns for names', async () => {
  const [table, column] = [`a"b'; drop table kinds; --`, `c"d] \` e`];
  const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;
  await harness.execute(`
    create table ${quoted(table)} (id integer primary key, ${quoted(column)} text not null);
    insert into ${quoted(table)} values (1, 'acme'), (2, 'globex')`);
  expect(await rowsOf(catalogTable('t', { from: table, tenant: { column } }))).toEqual([
    [1, 'acme'],
  ]);
});

test.each([{ rls: true }, { schema: true }, { rls: true, column: 'tenant_id' }, {}])(
  'K3 refuses the isolation %o, which SQLite does not have',
  async (tenant) => {
    const table = catalogTable('kinds', { tenant });
    await using snapshot = await open();
    const failure = await failureOf(snapshot.describe(table));
    expect([failure.code, failure.internal]).toEqual([
      'permission_denied',
      expect.stringContaining('tenant.column'),
    ]);
  },
);

test('K1 runs nothing that a name says, and changes nothing in the file', async () => {
  await harness.execute(`
    create table guarded (id integer primary key, tenant_id text not null);
    insert into guarded values (1, 'acme')`);
  const trap = catalogTable('t', { from: `guarded"; delete from guarded; --` });
  const guarded = catalogTable('guarded');
  await using snapshot = await open();
  expect((await failureOf(snapshot.describe(trap))).code).toBe('table_missing');
  const columns = [
    {
      name: `id"; delete from guarded; --`,
      type: 'text',
      sourceType: '',
      nullable: true,
      key: false,
    },
  ] as const;
  expect((await failureOf(snapshot.stream({ table: guarded, columns }))).code).toBe(
    'column_missing',
  );
  expect(await rowsOf(guarded)).toEqual([[1, 'acme']]);
});

test('lets others have their turn between two reads, and gives at most 2,000 rows at once', async () => {
  await harness.execute(`
    create view long_view as with recursive n(i) as (select 1 union all select i + 1 from n where i < 20000)
      select i as id, 'acme' as tenant_id from n`);
  const table = catalogTable('long_view');
  await using snapshot = await open();
  const stream = await snapshot.stream({ table, columns: await snapshot.describe(table) });
  let turns = 0;
  const timer = setInterval(() => {
    turns += 1;
  }, 0);
  const sizes: number[] = [];
  for (let batch = await stream.read(1e6); batch; batch = await stream.read(1e6)) {
    sizes.push(stream.kind === 'rows' ? (batch as readonly Row[]).length : 0);
  }
  clearInterval(timer);
  expect(sizes).toEqual(Array(10).fill(2_000));
  expect(turns).toBeGreaterThan(0);
});

describe('when the file cannot be read', () => {
  const sourceOf = (file: string) =>
    createSqliteSource(
      { kind: 'sqlite', file, parallelTables: 1 },
      { appDirectory: harness.folder, name: 'app' },
    );
  const request = { tenantSourceId: 'acme', tables: [], signal: new AbortController().signal };

  test('says what to look at when it is missing, and does not make it', async () => {
    for (const file of ['gone.db', 'no/such/folder/gone.db']) {
      const failure = await failureOf(sourceOf(file).openSnapshot(request));
      expect([failure.code, failure.internal]).toEqual([
        'source_unreachable',
        expect.stringContaining('"file"'),
      ]);
    }
  });

  test('says so when it is a folder or no database', async () => {
    await mkdir(join(harness.folder, 'folder.db'));
    await writeFile(join(harness.folder, 'text.db'), 'This is no database. '.repeat(100));
    for (const file of ['folder.db', 'text.db']) {
      expect((await failureOf(sourceOf(file).openSnapshot(request))).code).toBe(
        'source_unreachable',
      );
    }
  });
});
