import { Client } from 'pg';
import { withClient } from '../../support/postgres.ts';
import { type Attack, describeMomentContract } from './moment-contract.ts';
import { startPostgresHarness } from './postgres-harness.ts';

const rows = (first: number, last: number, v: string) =>
  `select g, 'acme', '${v}' from generate_series(${first}, ${last}) as g`;
const columns = `(id int, tenant_id text, v text)`;
const dropAll = `
  drop view if exists seen; drop view if exists called; drop function if exists fetch_rows;
  drop materialized view if exists frozen; drop foreign table if exists distant;
  drop table if exists target, target_1, target_2, old_target, spare cascade;
  drop schema if exists blue cascade; drop schema if exists green cascade; drop schema if exists retired cascade;`;
const plain = `${dropAll} create table target ${columns}; insert into target ${rows(1, 1000, 'old')};`;
const partitioned = `${dropAll}
  create table target ${columns} partition by range (id);
  create table target_1 partition of target for values from (0) to (501);
  create table target_2 partition of target for values from (501) to (2000);
  insert into target ${rows(1, 1000, 'old')};`;
const inherited = `${dropAll}
  create table target ${columns}; create table target_1 () inherits (target);
  insert into target ${rows(1, 500, 'old')}; insert into target_1 ${rows(501, 1000, 'old')};`;
const spare = `create table spare ${columns}; insert into spare ${rows(2001, 2500, 'spare')};`;

const before = { old: 1000 };
const reload = ['truncate target', `insert into target ${rows(1, 2000, 'new')}`];
const reloadOfOne = ['truncate target_1', `insert into target_1 ${rows(1, 500, 'new')}`];
const asSeen = `create view seen as select * from target;`;
const asCalled = `
  create function fetch_rows() returns setof target language sql stable as 'select * from public.target';
  create view called as select id, tenant_id, v from fetch_rows();`;

const attacks: readonly Attack[] = [
  {
    name: 'truncate and reload',
    prepare: plain,
    statements: reload,
    before,
    after: { new: 2000 },
  },
  {
    name: 'truncate and reload under a view',
    prepare: `${plain} ${asSeen}`,
    statements: reload,
    from: 'seen',
    before,
    after: { new: 2000 },
  },
  {
    name: 'truncate and reload under a function of a view',
    prepare: `${plain} ${asCalled}`,
    statements: reload,
    from: 'called',
    before,
    after: { new: 2000 },
  },
  {
    name: 'truncate and reload of one partition',
    prepare: partitioned,
    statements: reloadOfOne,
    before,
    after: { old: 500, new: 500 },
  },
  {
    name: 'truncate and reload of one partition under a view',
    prepare: `${partitioned} ${asSeen}`,
    statements: reloadOfOne,
    from: 'seen',
    before,
    after: { old: 500, new: 500 },
  },
  {
    name: 'truncate and reload of an inheriting table',
    prepare: inherited,
    statements: ['truncate target_1', `insert into target_1 ${rows(1, 500, 'new')}`],
    before,
    after: { old: 500, new: 500 },
  },
  {
    name: 'a rewrite by a new type',
    prepare: plain,
    statements: ['alter table target alter id type bigint'],
    before,
    after: before,
  },
  {
    name: 'a rewrite by a column with a random default',
    prepare: plain,
    statements: ['alter table target add column u uuid default gen_random_uuid()'],
    before,
    after: before,
  },
  {
    name: 'a rewrite by set unlogged',
    prepare: plain,
    statements: ['alter table target set unlogged'],
    before,
    after: before,
  },
  {
    name: 'drop and create',
    prepare: plain,
    statements: [
      'drop table target',
      `create table target ${columns}`,
      `insert into target ${rows(1, 2000, 'new')}`,
    ],
    before,
    after: { new: 2000 },
  },
  {
    name: 'a swap of names',
    prepare: `${plain} create table spare ${columns}; insert into spare ${rows(1, 1500, 'new')};`,
    statements: [
      'alter table target rename to old_target',
      `insert into spare ${rows(1501, 2000, 'new')}`,
      'alter table spare rename to target',
    ],
    before,
    after: { new: 2000 },
  },
  {
    name: 'a swap of schemas',
    prepare: `${dropAll}
      create schema blue; create table blue.target ${columns};
      create schema green; create table green.target ${columns};
      insert into blue.target ${rows(1, 1000, 'old')}; insert into green.target ${rows(1, 1500, 'new')};`,
    statements: [
      `insert into green.target ${rows(1501, 2000, 'new')}`,
      'alter schema blue rename to retired',
      'alter schema green rename to blue',
      'alter schema retired rename to green',
    ],
    from: 'blue.target',
    before,
    after: { new: 2000 },
  },
  {
    name: 'a partition that is attached',
    prepare: `${partitioned} ${spare}`,
    statements: [
      `insert into spare ${rows(2501, 3000, 'spare')}`,
      'alter table target attach partition spare for values from (2000) to (4000)',
    ],
    before,
    after: { old: 1000, spare: 1000 },
  },
  {
    name: 'a partition that is detached',
    prepare: partitioned,
    statements: ['alter table target detach partition target_1'],
    before,
    after: { old: 500 },
  },
  {
    name: 'a partition that is detached concurrently',
    prepare: partitioned,
    statements: ['alter table target detach partition target_1 concurrently'],
    inTransaction: false,
    before,
    after: { old: 500 },
  },
  {
    name: 'a partition that is exchanged for another',
    prepare: `${partitioned} create table spare ${columns}; insert into spare ${rows(1, 400, 'new')};`,
    statements: [
      `insert into spare ${rows(401, 500, 'new')}`,
      'alter table target detach partition target_1',
      'alter table target attach partition spare for values from (0) to (501)',
    ],
    before,
    after: { old: 500, new: 500 },
  },
  {
    name: 'a table that begins to inherit',
    prepare: `${plain} ${spare}`,
    statements: [
      `insert into spare ${rows(2501, 3000, 'spare')}`,
      'alter table spare inherit target',
    ],
    before,
    after: { old: 1000, spare: 1000 },
  },
  {
    name: 'a table that begins to inherit under a view',
    prepare: `${plain} ${spare} ${asSeen}`,
    statements: [
      `insert into spare ${rows(2501, 3000, 'spare')}`,
      'alter table spare inherit target',
    ],
    from: 'seen',
    before,
    after: { old: 1000, spare: 1000 },
  },
  {
    name: 'vacuum full',
    prepare: plain,
    statements: ['vacuum full target'],
    inTransaction: false,
    before,
    after: before,
  },
  ...['truncate and reload', 'truncate and reload of one partition'].map((name, index) => ({
    name: `${name} at the server of a foreign table`,
    prepare: `${index === 0 ? plain : partitioned}
      create foreign table distant ${columns} server itself options (table_name 'target');`,
    statements: index === 0 ? reload : reloadOfOne,
    from: 'distant',
    before,
    after: index === 0 ? { new: 2000 } : { old: 500, new: 500 },
  })),
  {
    name: 'a materialized view that is refreshed',
    prepare: `${plain} create materialized view frozen as select * from target;`,
    statements: [
      'delete from target',
      `insert into target ${rows(1, 2000, 'new')}`,
      'refresh materialized view frozen',
    ],
    from: 'frozen',
    before,
    after: { new: 2000 },
  },
  {
    name: 'a materialized view that is made anew',
    prepare: `${plain} create materialized view frozen as select * from target;`,
    statements: [
      'drop materialized view frozen',
      `insert into target ${rows(1001, 2000, 'new')}`,
      'create materialized view frozen as select * from target',
    ],
    from: 'frozen',
    before,
    after: { old: 1000, new: 1000 },
  },
];

describeMomentContract('postgres', attacks, async () => {
  const harness = await startPostgresHarness();
  const { database } = harness;
  await database.asAdmin(`grant create on database "${database.name}" to "${database.ownerRole}"`);
  await database.asAdmin(`
    create extension postgres_fdw;
    create server itself foreign data wrapper postgres_fdw
      options (host '127.0.0.1', port '${harness.server.port}', dbname '${database.name}');
    grant usage on foreign server itself to "${database.ownerRole}";
    create user mapping for "${database.readerRole}" server itself
      options (user '${database.readerRole}', password '${new URL(database.readerUrl).password}');`);
  return {
    source: harness.source(),
    attacker: async () => {
      const client = new Client({ connectionString: database.ownerUrl });
      await client.connect();
      return {
        run: async (sql) => {
          await client.query(sql);
        },
        close: () => client.end(),
      };
    },
    isWaiting: () =>
      withClient(database.adminUrl, async (client) => {
        const { rows: waiting } = await client.query(
          `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
        );
        return waiting.length > 0;
      }),
    close: harness.close,
  };
});
