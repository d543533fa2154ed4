import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, type DatabaseError } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { withClient } from '../../support/postgres.ts';
import { catalogTable, type TableOptions } from './catalog-table.ts';
import { type PostgresHarness, startPostgresHarness } from './postgres-harness.ts';
import { drain, failureOf } from './read-stream.ts';

/** The operator's file, exactly as it is shipped. */
const file = join(import.meta.dirname, '../../../infra/sources/postgres-login.sql');
const login = 'sluice_export';
const password = 'only for this test';

let sql: string;
let harness: PostgresHarness;
let loginUrl: string;
/** An application's own login beside Sluice's. */
let appUrl: string;

/** The vendor's database, owned by an administrator who is no superuser, as on managed servers. */
beforeAll(async () => {
  sql = await readFile(file, 'utf8');
  harness = await startPostgresHarness();
  const { database } = harness;
  await withClient(database.adminUrl, async (client) => {
    const found = await client.query('select from pg_roles where rolname = $1', [login]);
    if (found.rowCount !== 0) throw new Error(`This server has a role ${login} already.`);
  });
  const app = `${database.name}_app`;
  await database.asAdmin(`
    alter role "${database.ownerRole}" createrole;
    create role "${app}" login password '${password}'`);
  // Before PostgreSQL 15 everybody could make tables here; upgraded databases still let them.
  await database.asOwner(`
    grant create on schema public to public;
    create table customers (id int primary key, tenant_id int not null, name text);
    insert into customers values (1, 7, 'Ada'), (2, 8, 'Bob');
    create table orders (id int primary key, tenant_id varchar(20) not null);
    insert into orders values (10, '7'), (11, '8'), (12, '70');
    create table invoices (id int primary key, tenant_id bigint not null);
    insert into invoices values (20, 7), (21, 8);
    create table salaries (id int primary key, tenant_id int not null);
    create table news (id int primary key);
    grant select on news to public;
    create function bonus() returns void language sql security definer
      as 'insert into public.salaries values (1, 7)';
    grant usage on schema public to "${app}";
    grant select, insert on customers, orders, invoices to "${app}"`);
  [loginUrl, appUrl] = [urlOf(login), urlOf(app)];
  await database.asOwner(sql);
  await database.asOwner(`alter role ${login} password '${password}'`);
});

/** Whatever a test did to the login, the file puts right. */
beforeEach(() => harness.database.asOwner(sql));

afterAll(async () => {
  const { database } = harness;
  for (const role of [login, `${database.name}_app`]) {
    await database.asAdmin(`drop owned by "${role}"; drop role "${role}"`);
  }
  await harness.close();
});

function urlOf(role: string): string {
  const url = new URL(harness.database.ownerUrl);
  url.username = role;
  url.password = password;
  return url.href;
}

function open(options: TableOptions & { readonly name: string; readonly tenantSourceId?: string }) {
  const { name, tenantSourceId = '7', ...rest } = options;
  const table = catalogTable(name, rest);
  const source = harness.source({ url: loginUrl, statementTimeoutMinutes: 0.05 });
  const signal = new AbortController().signal;
  return { table, snapshot: source.openSnapshot({ tenantSourceId, tables: [table], signal }) };
}

/** The ids that an export of the tenant holds. */
async function exportedIds(options: Parameters<typeof open>[0]): Promise<readonly unknown[]> {
  const { table, snapshot: opening } = open(options);
  await using snapshot = await opening;
  const columns = await snapshot.describe(table);
  const { cells } = await drain(await snapshot.stream({ table, columns }));
  expect(await snapshot.count({ table, columns })).toBe(cells.length);
  return cells.map(([id]) => id);
}

/** The state of the error that a statement ends in; undefined when it ends well. */
async function stateOf(client: Client, statement: string): Promise<string | undefined> {
  try {
    await client.query(statement);
    return undefined;
  } catch (error) {
    return (error as DatabaseError).code;
  }
}

/** What the file says while it runs. */
async function messagesOf(url: string): Promise<readonly string[]> {
  const messages: string[] = [];
  const client = new Client({ connectionString: url });
  client.on('notice', ({ message = '' }) => messages.push(message));
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
  return messages;
}

describe('K1 the login that the operator’s file makes', () => {
  test.each([
    ['by the column', 'invoices', { column: 'tenant_id' }, ['20']],
    ['by row security', 'customers', { rls: true }, ['1']],
    ['by row security on text', 'orders', { rls: true }, ['10']],
    ['by both', 'customers', { rls: true, column: 'tenant_id' }, ['1']],
    ['by both on text', 'orders', { rls: true, column: 'tenant_id' }, ['10']],
  ] as const)(
    'is taken, and exports the rows of the tenant alone, %s',
    async (_, name, tenant, ids) => {
      expect(await exportedIds({ name, tenant })).toEqual(ids);
      expect(await exportedIds({ name, tenant, tenantSourceId: '9' })).toEqual([]);
    },
  );

  test('B2 is refused where row security is on and the catalog speaks of a column alone', async () => {
    const failure = await failureOf(
      exportedIds({ name: 'orders', tenant: { column: 'tenant_id' } }),
    );
    expect([failure.code, failure.internal]).toEqual([
      'rows_hidden',
      expect.stringContaining('"rls": true'),
    ]);
  });

  test('B2 S29 sees no row without a tenant, also on a connection that had one', async () => {
    await withClient(loginUrl, async (client) => {
      const count = async (table: string) =>
        (await client.query(`select count(*)::int as rows from ${table}`)).rows[0].rows;
      for (const table of ['customers', 'orders']) expect(await count(table)).toBe(0);
      await client.query(`begin; select set_config('sluice.tenant_id', '7', true)`);
      for (const table of ['customers', 'orders']) expect(await count(table)).toBe(1);
      await client.query('commit');
      for (const table of ['customers', 'orders']) expect(await count(table)).toBe(0);
    });
  });

  test('B2 sees the rows of the tenant alone, even where a policy shows everybody everything', async () => {
    await harness.database.asOwner('create policy careless on customers using (true)');
    expect(await exportedIds({ name: 'customers', tenant: { rls: true } })).toEqual(['1']);
    await harness.database.asOwner('drop policy careless on customers');
  });

  test('S28 writes nothing, makes nothing and reads no other table', async () => {
    const statements = [
      `insert into customers values (9, 7, 'x')`,
      `update customers set name = 'x'`,
      'delete from invoices',
      'truncate orders',
      'create table public.mine (id int)',
      'create temporary table mine (id int)',
      'create schema mine',
      'drop table invoices',
      'alter table customers disable row level security',
      'set session authorization postgres',
      `set role "${harness.database.ownerRole}"`,
    ];
    await withClient(loginUrl, async (client) => {
      expect((await client.query('show default_transaction_read_only')).rows).toEqual([
        { default_transaction_read_only: 'on' },
      ]);
      expect(await stateOf(client, 'select * from salaries')).toBe('42501');
      expect(await stateOf(client, 'create temporary table mine (id int)')).toBe('25006');
      // The login may switch that off; then its missing rights stand in the way.
      await client.query('set default_transaction_read_only = off');
      for (const statement of statements) {
        expect([statement, await stateOf(client, statement)]).toEqual([statement, '42501']);
      }
    });
  });

  test('S28 is ended by its time limits: ten seconds by hand, the catalog’s in an export', async () => {
    const startedAt = Date.now();
    await withClient(loginUrl, async (client) => {
      expect(await stateOf(client, 'select pg_sleep(60)')).toBe('57014');
    });
    expect(Date.now() - startedAt).toBeLessThan(30_000);
    await harness.database.asOwner(`
      create view sleepy as select 1 as id, 7 as tenant_id, pg_sleep(60)::text as nap;
      grant select on sleepy to ${login}`);
    expect((await failureOf(exportedIds({ name: 'sleepy' }))).code).toBe('statement_timeout');
    await harness.database.asOwner('drop view sleepy');
  });

  test.each([
    'grant insert on invoices to sluice_export',
    'grant update (id) on invoices to sluice_export',
    'grant delete on invoices to public',
  ])('is refused again after: %s', async (grant) => {
    await harness.database.asOwner(grant);
    expect(await failureOf(exportedIds({ name: 'invoices' }))).toMatchObject({
      code: 'login_too_powerful',
      message: expect.stringContaining('"can_write"'),
    });
    await harness.database.asOwner('revoke delete on invoices from public');
  });
});

describe('K1 running the file again', () => {
  test('takes back whatever was granted beside it', async () => {
    await harness.database.asOwner(`
      create schema attic;
      create table attic.old (id int primary key, tenant_id int not null);
      grant usage on schema attic to ${login};
      grant select on attic.old, salaries to ${login};
      grant update (id) on customers to ${login};
      alter role ${login} inherit connection limit -1`);
    await harness.database.asOwner(sql);
    await withClient(loginUrl, async (client) => {
      for (const statement of ['select from attic.old', 'select from salaries']) {
        expect([statement, await stateOf(client, statement)]).toEqual([statement, '42501']);
      }
      const { rows } = await client.query(
        'select rolinherit, rolconnlimit from pg_roles where rolname = session_user',
      );
      expect(rows).toEqual([{ rolinherit: false, rolconnlimit: 40 }]);
    });
    expect(
      await exportedIds({ name: 'customers', tenant: { rls: true, column: 'tenant_id' } }),
    ).toEqual(['1']);
    await harness.database.asOwner('drop schema attic cascade');
  });

  test('closes a table that was taken off the list', async () => {
    const [line] = /^.*'invoices'.*$/m.exec(sql) ?? [];
    const shorter = sql.replace(`,\n${line}`, '');
    expect(shorter).not.toBe(sql);
    await harness.database.asOwner(shorter);
    expect((await failureOf(exportedIds({ name: 'invoices' }))).code).toBe('permission_denied');
    expect(await exportedIds({ name: 'orders', tenant: { rls: true } })).toEqual(['10']);
  });

  test('names a tenant column that is not there', async () => {
    const misspelt = sql.replace(/('orders',\s+)'tenant_id'/, "$1'tenant'");
    await expect(harness.database.asOwner(misspelt)).rejects.toThrow(
      'The table orders has no column tenant.',
    );
  });

  test('changes nothing for other logins, and nothing at all the second time', async () => {
    const rights = () =>
      withClient(harness.database.adminUrl, async (client) => {
        const { rows } = await client.query(`
          select (select json_agg(p order by p) from pg_policies p) as policies,
                 (select json_agg(array[relname::text, relacl::text] order by relname) from pg_class
                  where relnamespace = 'public'::regnamespace) as tables,
                 (select nspacl::text from pg_namespace where nspname = 'public') as schema,
                 (select datacl::text from pg_database where datname = current_database()) as database,
                 (select json_agg(s order by s::text) from pg_db_role_setting s) as settings`);
        return rows;
      });
    const before = await rights();
    await harness.database.asOwner(sql);
    expect(await rights()).toEqual(before);
    for (const url of [appUrl, harness.database.ownerUrl]) {
      await withClient(url, async (client) => {
        const { rows } = await client.query('select id from customers order by id');
        expect(rows).toEqual([{ id: 1 }, { id: 2 }]);
        await client.query(`
          begin;
          insert into customers values (9, 9, 'new');
          create temporary table scratch (id int);
          create table public.made_by_app (id int);
          rollback`);
      });
    }
  });

  test('tells what everybody may do, as far as it cannot know whether that is meant', async () => {
    expect(await messagesOf(harness.database.ownerUrl)).toEqual([
      'Everybody, and so sluice_export, may read news.',
      'Everybody, and so sluice_export, may call bonus(), which act with the rights of their owner.',
      expect.stringMatching(
        /^Everybody, and so sluice_export, may connect to the databases .*postgres/,
      ),
    ]);
  });

  test.each([
    ['alter role sluice_export bypassrls', 'alter role sluice_export nobypassrls', 'may do more'],
    [
      'grant pg_read_all_data to sluice_export',
      'revoke pg_read_all_data from sluice_export',
      'is a member of pg_read_all_data',
    ],
    [
      'alter table news owner to sluice_export',
      'alter table news owner to current_user',
      'owns news',
    ],
    [
      'grant insert on news to public',
      'revoke insert on news from public',
      'Everybody may write to news',
    ],
  ])('fails, and changes nothing, after: %s', async (powerful, undo, message) => {
    const { database } = harness;
    const back = undo.replace('current_user', `"${database.ownerRole}"`);
    await database.asAdmin(`${powerful}; revoke all on customers from ${login}`);
    await expect(database.asOwner(sql)).rejects.toThrow(message);
    await withClient(loginUrl, async (client) => {
      // The rights of a predefined role or BYPASSRLS do not matter here: NOINHERIT, and no SELECT.
      expect(await stateOf(client, 'select from customers')).toBe('42501');
    });
    await database.asAdmin(back);
  });
});
