import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isBackendLost } from '../../../lib/adapters/sources/postgres/silence.ts';
import type { CatalogTable } from '../../../lib/core/catalog/catalog.ts';
import { errorTable } from '../../../lib/core/errors.ts';
import type { SnapshotRequest } from '../../../lib/core/sources/source.ts';
import { withClient } from '../../support/postgres.ts';
import { catalogTable } from './catalog-table.ts';
import {
  type PostgresHarness,
  type SourceOptions,
  startPostgresHarness,
} from './postgres-harness.ts';
import { drain, failureOf, until } from './read-stream.ts';

let harness: PostgresHarness;
const orders = catalogTable('orders');

beforeAll(async () => {
  harness = await startPostgresHarness();
  await harness.database.asOwner(`
    create table orders (id int primary key, tenant_id text not null);
    insert into orders values (1, 'acme');
    create table other (id int primary key, tenant_id text not null);
    create table bare ();
    create view bare_view as select;
    create view asleep as select 1 as id, 'acme' as tenant_id, pg_sleep(60)::text as nap;
    create function rate() returns int language plpgsql stable as 'begin return (select count(*) from orders); end';
    create view rated as select id, tenant_id, rate() as rate from orders;`);
});

afterAll(async () => {
  await harness?.close();
});

function open(
  tables: readonly CatalogTable[],
  options: SourceOptions = {},
  rest: Partial<SnapshotRequest> = {},
) {
  const signal = new AbortController().signal;
  return harness.source(options).openSnapshot({ tenantSourceId: 'acme', tables, signal, ...rest });
}

async function rowsOf(table: CatalogTable, options: SourceOptions = {}) {
  await using snapshot = await open([table], options);
  const columns = await snapshot.describe(table);
  return (await drain(await snapshot.stream({ table, columns }))).cells;
}

describe('connections', () => {
  test('L9 a login without a connection left is `source_busy`, which passes', async () => {
    const { database } = harness;
    await database.asAdmin(`alter role "${database.readerRole}" connection limit 1`);
    {
      await using first = await open([orders]);
      const failure = await failureOf(open([orders]));
      expect([failure.code, errorTable[failure.code].passing]).toEqual(['source_busy', true]);
      expect(failure.internal).toContain('maxConnections');
      expect(await first.count({ table: orders, columns: [] })).toBe(1);
    }
    await database.asAdmin(`alter role "${database.readerRole}" connection limit -1`);
  });

  test('L9 many who look at their tables leave an export its connection', async () => {
    const source = harness.source({ maxConnections: 3 });
    const signal = new AbortController().signal;
    const request = { tenantSourceId: 'acme', tables: [orders], signal };
    const look = async () => {
      await using snapshot = await source.openSnapshot({ ...request, purpose: 'describing' });
      return (await snapshot.describe(orders)).length;
    };
    const looks = Promise.all(Array.from({ length: 30 }, look));
    await using snapshot = await source.openSnapshot(request);
    expect(await snapshot.count({ table: orders, columns: [] })).toBe(1);
    expect(await looks).toEqual(Array(30).fill(2));
  });
});

describe('locks', () => {
  test('describing waits for no lock and holds none', async () => {
    await withClient(harness.database.ownerUrl, async (client) => {
      await client.query('begin; lock table orders in access exclusive mode');
      await using snapshot = await open([orders], {}, { purpose: 'describing' });
      expect((await snapshot.describe(orders)).map(({ name }) => name)).toEqual([
        'id',
        'tenant_id',
      ]);
      await client.query('rollback; begin; lock table orders in access exclusive mode nowait');
      await client.query('rollback');
    });
  });

  test('L9 a lock that lasts is `table_locked`, which passes, and holds up its own table alone', async () => {
    await withClient(harness.database.ownerUrl, async (client) => {
      await client.query('begin; lock table orders in access exclusive mode');
      const other = catalogTable('other');
      await using snapshot = await open([orders, other]);
      const failure = await failureOf(snapshot.describe(orders));
      expect([failure.code, errorTable[failure.code].passing]).toEqual(['table_locked', true]);
      expect(failure.message).toContain('"orders"');
      expect(failure.internal).toContain('30 seconds');
      expect(await snapshot.count({ table: other, columns: [] })).toBe(0);
      await client.query('rollback');
    });
    expect(await rowsOf(orders)).toEqual([['1', 'acme']]);
  });
});

describe('time', () => {
  test('L9 a limit that is set is named, with its value; without one the login’s own does not hold', async () => {
    const asleep = catalogTable('asleep');
    const failure = await failureOf(rowsOf(asleep, { statementTimeoutMinutes: 0.01 }));
    expect(failure.code).toBe('statement_timeout');
    expect(failure.message).toContain('0.01 minutes');
    expect(failure.internal).toMatch(/statementTimeoutMinutes, which is 0\.01/);
    const { asAdmin, readerRole } = harness.database;
    await asAdmin(`alter role "${readerRole}" set statement_timeout = '300ms'`);
    await harness.database.asOwner(
      `create view nap as select 1 as id, 'acme' as tenant_id, pg_sleep(1)::text as nap`,
    );
    expect(await rowsOf(catalogTable('nap'), { statementTimeoutMinutes: undefined })).toEqual([
      ['1', 'acme', ''],
    ]);
    await asAdmin(`alter role "${readerRole}" reset statement_timeout`);
  });

  test('L9 a statement that somebody cancels at the server is final, and says so', async () => {
    const reading = failureOf(
      rowsOf(catalogTable('asleep'), { statementTimeoutMinutes: undefined }),
    );
    await until(async () => (await sleepers()).length > 0, 'it sleeps');
    await harness.database.asAdmin(`select pg_cancel_backend(${(await sleepers())[0]})`);
    const failure = await reading;
    expect([failure.code, failure.internal]).toEqual([
      'query_failed',
      expect.stringContaining('pg_cancel_backend'),
    ]);
  });

  test('L9 silence: a process at work is waited for, one that is idle or gone is not', async () => {
    const admin = () => new Client({ connectionString: harness.database.readerUrl });
    await withClient(harness.database.readerUrl, async (client) => {
      const { rows } = await client.query(
        `select pg_backend_pid() as pid, pg_postmaster_start_time()::text as start`,
      );
      const backend = { pid: rows[0].pid as number, serverStart: rows[0].start as string };
      expect(await isBackendLost(admin, backend)).toBe(true);
      const sleeping = client.query('select pg_sleep(3)');
      await until(async () => (await sleepers()).length > 0, 'it sleeps');
      expect(await isBackendLost(admin, backend)).toBe(false);
      // Another server, or its next life: nothing is known.
      expect(await isBackendLost(admin, { ...backend, serverStart: 'never' })).toBe(false);
      await sleeping;
      const nowhere = () => new Client({ host: '127.0.0.1', port: 1 });
      expect(await isBackendLost(nowhere, backend)).toBe(false);
      expect(await isBackendLost(admin, { ...backend, pid: 1 })).toBe(true);
    });
  });
});

describe('messages', () => {
  test.each(['bare', 'bare_view'])(
    'L9 %s, without columns, fails at once and says why',
    async (from) => {
      const { asOwner } = harness.database;
      await asOwner('create schema if not exists acme');
      const { readerRole } = harness.database;
      await asOwner(`grant usage on schema acme to "${readerRole}"`);
      await asOwner(`alter ${from === 'bare' ? 'table' : 'view'} ${from} set schema acme`);
      const table = catalogTable('t', { from, tenant: { schema: true }, key: [] });
      const failure = await failureOf(rowsOf(table));
      expect([failure.code, failure.message]).toEqual([
        'query_failed',
        expect.stringContaining('no columns'),
      ]);
    },
  );

  test('L9 a function under a view that looks for its tables by a search path gets a hint', async () => {
    const failure = await failureOf(rowsOf(catalogTable('rated')));
    expect(failure.internal).toContain('SET search_path');
    await harness.database.asOwner('alter function rate() set search_path = public');
    expect(await rowsOf(catalogTable('rated'))).toEqual([['1', 'acme', '1']]);
  });
});

async function sleepers(): Promise<readonly number[]> {
  return await withClient(harness.database.adminUrl, async (client) => {
    const { rows } = await client.query<{ pid: number }>(
      `select pid from pg_stat_activity
       where datname = current_database() and wait_event = 'PgSleep'`,
    );
    return rows.map(({ pid }) => pid);
  });
}
