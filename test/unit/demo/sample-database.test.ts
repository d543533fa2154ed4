import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadCatalog } from '../../../lib/config/load-catalog.ts';
import { awkwardTexts } from '../../../lib/local-host/demo/sample/awkward-texts.ts';
import {
  type SampleTenant,
  sampleTenantList,
} from '../../../lib/local-host/demo/sample/tenants.ts';
import {
  countSampleRows,
  ensureSampleDatabase,
  makeSampleDatabase,
  sampleDatabasePath,
} from '../../../lib/local-host/demo/sample-database.ts';

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-sample-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

test('the same rows are made every time', async () => {
  await make('first.sqlite');
  await make('second.sqlite');
  expect(digestOf('second.sqlite')).toBe(digestOf('first.sqlite'));
});

test('each tenant has exactly the rows it is said to have, and licenses is empty', async () => {
  await make('vendor.sqlite');
  const file = join(folder, 'vendor.sqlite');
  for (const { id, rows } of tenants) {
    expect(Object.fromEntries(countSampleRows(file, id))).toEqual({
      devices: rows.devices,
      users: rows.users,
      tickets: rows.tickets,
      app_usage: rows.appUsage,
      licenses: 0,
    });
  }
});

test('the example catalog fits the database: every table, its tenant column and its key', async () => {
  await make('vendor.sqlite');
  const catalog = loadCatalog('lib/config/catalog.example.json', process.cwd());
  expect(catalog.sources['app']).toMatchObject({ kind: 'sqlite', file: `./${sampleDatabasePath}` });
  for (const { from, tenant, key } of catalog.tables) {
    const columns = query(`select name from pragma_table_info('${from}')`);
    expect(columns).toEqual(expect.arrayContaining([tenant.column, ...key]));
  }
  const left = catalog.excluded.map(({ name }) => name);
  const all = query("select name from sqlite_master where type = 'table' order by name");
  expect([...catalog.tables.map(({ from }) => from), ...left].sort()).toEqual(all);
});

test('L5 the first tenant of the demo has more rows than fit into one part', () => {
  expect(sampleTenantList[0].rows.appUsage).toBeGreaterThan(1_000_000);
});

test('every awkward text is there as it is, for both tenants', async () => {
  await make('vendor.sqlite');
  for (const { id } of tenants) {
    const bodies = query(`select body from tickets where tenant_id = '${id}'`).map(String);
    expect(awkwardTexts.filter((text) => !bodies.includes(text))).toEqual([]);
  }
});

test('no text holds NUL, and decimals kept as text keep their last zeros', async () => {
  await make('vendor.sqlite');
  const texts = query('select body from tickets union all select subject from tickets').map(String);
  expect(texts.filter((text) => text.includes('\0'))).toEqual([]);
  const costs = query('select cost from tickets where cost is not null').map(String);
  expect(costs.length).toBeGreaterThan(10);
  expect(costs.filter((cost) => !/^-?\d+\.\d{7}0{10}$/.test(cost))).toEqual([]);
});

test('whole numbers beyond 2^53 are exact', async () => {
  await make('vendor.sqlite');
  const odd = query('select count(*) from devices where bytes_written % 2 = 1');
  expect(odd).toEqual(query('select count(*) from devices'));
});

test('a database that is there is taken as it is; a torn one is made anew', async () => {
  const file = join(folder, 'vendor.sqlite');
  expect(await ensureSampleDatabase({ file, tenants })).toBe(true);
  const { mtimeMs } = await stat(file);
  expect(await ensureSampleDatabase({ file, tenants })).toBe(false);
  expect((await stat(file)).mtimeMs).toBe(mtimeMs);
  await writeFile(file, 'not a database');
  expect(await ensureSampleDatabase({ file, tenants })).toBe(true);
  expect(await readdir(folder)).toEqual(['vendor.sqlite']);
});

/** The demo's tenants with fewer rows, so that the tests are quick. */
const tenants: readonly [SampleTenant, SampleTenant] = [
  shrunk(sampleTenantList[0], { devices: 30, users: 20, tickets: 120, appUsage: 400 }),
  shrunk(sampleTenantList[1], { devices: 10, users: 8, tickets: 60, appUsage: 90 }),
];

function shrunk(tenant: SampleTenant, rows: SampleTenant['rows']): SampleTenant {
  return { ...tenant, rows };
}

async function make(name: string): Promise<void> {
  await makeSampleDatabase({ file: join(folder, name), tenants });
}

function query(sql: string, name = 'vendor.sqlite'): readonly unknown[] {
  return rowsOf(name, sql).map((row) => Object.values(row)[0]);
}

function digestOf(name: string): string {
  const hash = createHash('sha256');
  for (const table of ['devices', 'users', 'tickets', 'app_usage', 'licenses']) {
    for (const row of rowsOf(name, `select * from ${table} order by id`)) hash.update(textOf(row));
  }
  return hash.digest('hex');
}

function rowsOf(name: string, sql: string): readonly Record<string, unknown>[] {
  const database = new DatabaseSync(join(folder, name), { readOnly: true, readBigInts: true });
  try {
    return database.prepare(sql).all();
  } finally {
    database.close();
  }
}

function textOf(row: Record<string, unknown>): string {
  return JSON.stringify(row, (_, value: unknown) =>
    typeof value === 'bigint' ? `${value}n` : value,
  );
}
