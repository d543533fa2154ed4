import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Api, type Tenant } from '../e2e/support/api.ts';
import { type Backends, startBackends } from '../e2e/support/backends.ts';
import { type Host, startHost } from '../e2e/support/host.ts';
import { sourceIds } from '../e2e/support/vendor-database.ts';

// The real host ends itself at the third death of its worker, so a table must never exhaust its memory: whatever a
// table holds goes through a heap and a memory that are far smaller.

const heapMiB = 256;
const memoryMiB = 700;
const rows = 400;
const cellBytes = 1_000_000;

let folder: string;
let backends: Backends;
let host: Host;
let api: Api;
let alpha: Tenant;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-memory-'));
  backends = await startBackends(folder);
  const file = join(folder, 'vendor.sqlite');
  fillSqlite(file);
  await fillPostgres();
  const catalogFile = join(folder, 'wide.json');
  await writeFile(catalogFile, JSON.stringify(catalog(file)));
  host = await startHost({
    folder,
    settings: {
      ...backends.settings,
      SLUICE_CATALOG: catalogFile,
      NODE_OPTIONS: `--max-old-space-size=${heapMiB}`,
    },
  });
  api = new Api(host.url, backends.operatorKey);
  alpha = await api.tenant(sourceIds.alpha);
});

afterAll(async () => {
  await host[Symbol.asyncDispose]();
  await backends[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

function catalog(file: string): object {
  const table = (name: string, source: string, from: string) => ({
    name,
    source,
    from,
    tenant: { column: 'tenant_id' },
  });
  return {
    sources: {
      postgres: {
        kind: 'postgres',
        connection: { secret: 'e2e-main' },
        tls: { mode: 'disable' },
      },
      sqlite: { kind: 'sqlite', file },
    },
    tables: [
      table('postgres_wide', 'postgres', 'public.wide'),
      table('postgres_giant', 'postgres', 'public.giant'),
      table('sqlite_wide', 'sqlite', 'wide'),
      table('sqlite_giant', 'sqlite', 'giant'),
    ],
  };
}

async function fillPostgres(): Promise<void> {
  const { Client } = await import('pg');
  const client = new Client({ connectionString: backends.databaseAdminUrl });
  await client.connect();
  const view = (name: string, count: number, bytes: number) =>
    client.query(
      `create view ${name} as select g as id, 't-a'::text as tenant_id, repeat(md5(g::text), ${bytes / 32}) as note
         from generate_series(1, ${count}) g; grant select on ${name} to public`,
    );
  await view('wide', rows, cellBytes);
  await view('giant', 1, 80_000_000);
  await client.end();
}

/** Views, so that nothing large is stored. */
function fillSqlite(file: string): void {
  using database = new DatabaseSync(file);
  const view = (name: string, count: number, bytes: number) =>
    database.exec(
      `create view ${name} as with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < ${count})
         select n as id, 't-a' as tenant_id, hex(zeroblob(${bytes / 2})) || n as note from numbers`,
    );
  view('wide', rows, cellBytes);
  view('giant', 1, 80_000_000);
}

/** The most memory that the host has had at once, in MiB; only Linux tells. */
async function peakMiB(): Promise<number> {
  const status = await readFile(`/proc/${host.pid}/status`, 'utf8').catch(() => '');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024;
}

test('800 MB in cells of 1 MB, from PostgreSQL and SQLite at once, go through a small heap; a row over the limit fails its table alone', async () => {
  const tables = ['postgres_wide', 'sqlite_wide', 'postgres_giant', 'sqlite_giant'];
  const done = await api.run(alpha, tables);
  const failed = done.tables.filter(({ error }) => error !== undefined);
  expect(failed.map(({ name, error }) => [name, error?.code])).toEqual([
    ['postgres_giant', 'row_too_large'],
    ['sqlite_giant', 'row_too_large'],
  ]);
  const answer = await api.call('GET', `v1/exports/${done.id}/manifest`, { key: alpha.key });
  const { totals } = JSON.parse(answer.text);
  expect(totals.rows).toBe(2 * rows);
  expect(totals.uncompressedBytes).toBeGreaterThan(2 * rows * cellBytes);
  expect(await peakMiB()).toBeLessThan(memoryMiB);
  // The worker is the one that was started: it has not died in between.
  expect(await readFile(join(folder, 'host.log'), 'utf8')).not.toMatch(/node exited|out of memory/);
});
