import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CatalogTable, LoginPower } from '../../../lib/core/catalog/catalog.ts';
import { withClient } from '../../support/postgres.ts';
import { catalogTable } from './catalog-table.ts';
import { type PostgresHarness, startPostgresHarness } from './postgres-harness.ts';
import { drain, failureOf } from './read-stream.ts';

let harness: PostgresHarness;
const orders = catalogTable('orders');
const writable = catalogTable('writable');

beforeAll(async () => {
  harness = await startPostgresHarness();
  const { database } = harness;
  await database.asOwner(`
    create table orders (id int primary key, tenant_id text not null);
    insert into orders values (1, 'acme'), (2, 'globex');
    create table writable (id int primary key, tenant_id text not null, note text);
    grant update (note) on writable to "${database.readerRole}";
    create table secret_plans (id int primary key, tenant_id text not null);
    revoke all on secret_plans from "${database.readerRole}";
    create schema hidden;
    revoke all on schema hidden from "${database.readerRole}";
    create table hidden.plans (id int primary key, tenant_id text not null);`);
});

afterAll(async () => {
  await harness?.close();
});

const adminRole = () => `"${decodeURIComponent(new URL(harness.database.adminUrl).username)}"`;

/** A login of its own, made and removed around the test. */
async function withLogin<T>(setup: (role: string) => string, use: (url: string) => Promise<T>) {
  const { database } = harness;
  const role = `${database.name}_login`;
  const url = new URL(database.readerUrl);
  url.username = role;
  await database.asAdmin(`
    create role "${role}" login password '${url.password}';
    grant usage on schema public to "${role}";
    grant select on orders, writable to "${role}";
    ${setup(`"${role}"`)}`);
  try {
    return await use(url.href);
  } finally {
    await database.asAdmin(`drop owned by "${role}"; drop role "${role}"`);
  }
}

function open(url: string, tables: readonly CatalogTable[], allowed: readonly LoginPower[] = []) {
  const source = harness.source({ url, allowPowerfulLogin: allowed });
  const signal = new AbortController().signal;
  return source.openSnapshot({ tenantSourceId: 'acme', tables, signal });
}

/** What an export of the tables ends in, at its opening or at the first table that fails. */
async function refusalOf(...[url, tables, allowed]: Parameters<typeof open>) {
  return await failureOf(
    (async () => {
      await using snapshot = await open(url, tables, allowed);
      for (const table of tables) await snapshot.describe(table);
    })(),
  );
}

async function readsOwnRows(url: string, allowed: readonly LoginPower[]): Promise<void> {
  await using snapshot = await open(url, [orders], allowed);
  const columns = await snapshot.describe(orders);
  const { cells } = await drain(await snapshot.stream({ table: orders, columns }));
  expect(cells).toEqual([['1', 'acme']]);
}

const powers: readonly (readonly [string, LoginPower, (role: string) => string])[] = [
  ['is a superuser', 'superuser', (role) => `alter role ${role} superuser`],
  [
    'could become a superuser',
    'superuser',
    (role) => `grant ${adminRole()} to ${role} with inherit false`,
  ],
  ['has BYPASSRLS', 'bypass_rls', (role) => `alter role ${role} bypassrls`],
  [
    'owns the table through a role',
    'owns_tables',
    (role) => `grant "${harness.database.ownerRole}" to ${role}`,
  ],
  ['may INSERT', 'can_write', (role) => `grant insert on orders to ${role}`],
  ['may UPDATE one column', 'can_write', (role) => `grant update (tenant_id) on orders to ${role}`],
  ['may DELETE', 'can_write', (role) => `grant delete on orders to ${role}`],
  ['may TRUNCATE', 'can_write', (role) => `grant truncate on orders to ${role}`],
  ['may write all data', 'can_write', (role) => `grant pg_write_all_data to ${role}`],
];

describe('K1', () => {
  test.each(powers)(
    'refuses a login that %s, unless the catalog allows `%s`',
    async (_, power, setup) => {
      await withLogin(setup, async (url) => {
        const failure = await refusalOf(url, [orders]);
        expect(failure.code).toBe('login_too_powerful');
        // What holds whatever the table names none: not everybody may see that table.
        const isAtLarge = power === 'superuser' || power === 'bypass_rls';
        expect(failure.message.includes('"orders"')).toBe(!isAtLarge);
        expect(failure.message).toContain(`"${power}"`);
        expect(failure.message).toContain('SELECT');
        await readsOwnRows(url, [power]);
      });
    },
  );

  test('asks for every power by name: one that is allowed does not cover another', async () => {
    const both = (role: string) =>
      `alter role ${role} bypassrls; grant insert on orders to ${role}`;
    await withLogin(both, async (url) => {
      expect((await refusalOf(url, [orders], ['bypass_rls'])).message).toContain('can_write');
      expect((await refusalOf(url, [orders], ['can_write'])).message).toContain('bypass_rls');
      await readsOwnRows(url, ['bypass_rls', 'can_write']);
    });
  });

  test('a grant too many on one table is the failure of that table alone', async () => {
    await using snapshot = await open(harness.database.readerUrl, [orders, writable]);
    expect(await failureOf(snapshot.describe(writable))).toMatchObject({
      code: 'login_too_powerful',
      message: expect.stringContaining('"writable"'),
    });
    expect(await snapshot.count({ table: orders, columns: [] })).toBe(1);
    const columns = await snapshot.describe(orders);
    const { cells } = await drain(await snapshot.stream({ table: orders, columns }));
    expect(cells).toEqual([['1', 'acme']]);
    expect((await failureOf(snapshot.count({ table: writable, columns: [] }))).code).toBe(
      'login_too_powerful',
    );
  });

  test('leaves a missing table to fail by itself', async () => {
    const gone = catalogTable('gone', { from: 'nowhere.gone' });
    await using snapshot = await open(harness.database.readerUrl, [gone, orders]);
    expect((await failureOf(snapshot.describe(gone))).code).toBe('table_missing');
    expect(await snapshot.count({ table: orders, columns: [] })).toBe(1);
  });

  test('S28 the export login of the tests can read and nothing else', async () => {
    await withClient(harness.database.readerUrl, async (client) => {
      for (const sql of [
        `insert into orders values (9, 'acme')`,
        'delete from orders',
        'truncate orders',
        'create table mine (id int)',
        'drop table orders',
      ]) {
        await expect(client.query(sql)).rejects.toMatchObject({ code: '42501' });
      }
    });
  });

  test('S28 a snapshot is a read-only transaction, even for a login that may write', async () => {
    await harness.database.asOwner(`
      create function write_note() returns text language sql as
        $$ insert into public.orders values (77, 'acme') returning 'written' $$;
      create view sneaky as select 1 as id, 'acme' as tenant_id, write_note() as note;
      revoke all on sneaky from "${harness.database.readerRole}"`);
    const { ownerUrl } = harness.database;
    const sneaky = catalogTable('sneaky');
    await using snapshot = await open(ownerUrl, [sneaky], ['owns_tables']);
    const columns = await snapshot.describe(sneaky);
    const failing = drain(await snapshot.stream({ table: sneaky, columns }));
    expect((await failureOf(failing)).code).toBe('query_failed');
    expect(await snapshot.count({ table: orders, columns: [] })).toBe(1);
  });
});

test.each(['secret_plans', 'hidden.plans'])('says `permission_denied` for %s', async (from) => {
  const table = catalogTable('plans', { from });
  await using snapshot = await open(harness.database.readerUrl, [table]);
  expect((await failureOf(snapshot.describe(table))).code).toBe('permission_denied');
});
