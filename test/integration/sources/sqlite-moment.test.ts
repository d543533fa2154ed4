import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, rename, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createSqliteSource } from '../../../lib/adapters/sources/sqlite/create-sqlite-source.ts';
import type { Source } from '../../../lib/core/sources/source.ts';
import { catalogTable } from './catalog-table.ts';
import { type Attack, type Attacker, describeMomentContract } from './moment-contract.ts';
import { drain, failureOf } from './read-stream.ts';

const rows = (first: number, last: number, v: string) =>
  `with recursive g(i) as (select ${first} union all select i + 1 from g where i < ${last}) select i, 'acme', '${v}' from g`;
const columns = `(id int, tenant_id text, v text)`;
const plain = `drop view if exists seen; drop table if exists target; drop table if exists old_target; drop table if exists spare;
  create table target ${columns}; create index by_tenant on target (tenant_id);
  insert into target ${rows(1, 1000, 'old')};`;
const before = { old: 1000 };
const after = { new: 2000 };
const reload = ['delete from target', `insert into target ${rows(1, 2000, 'new')}`];

const attacks: readonly Attack[] = [
  { name: 'empty and reload', prepare: plain, statements: reload, before, after },
  {
    name: 'empty and reload under a view',
    prepare: `${plain} create view seen as select * from target`,
    statements: reload,
    from: 'seen',
    before,
    after,
  },
  {
    name: 'drop and make anew',
    prepare: plain,
    statements: [
      'drop table target',
      `create table target ${columns}`,
      `insert into target ${rows(1, 2000, 'new')}`,
    ],
    before,
    after,
  },
  {
    name: 'swap of names',
    prepare: `${plain} create table spare ${columns}; insert into spare ${rows(1, 2000, 'new')};`,
    statements: ['alter table target rename to old_target', 'alter table spare rename to target'],
    before,
    after,
  },
  {
    name: 'another column and other values',
    prepare: plain,
    statements: [
      "alter table target add column more text default 'x'",
      "update target set v = 'new'",
    ],
    before,
    after: { new: 1000 },
  },
  {
    name: 'vacuum',
    prepare: `${plain} delete from target where id > 500;`,
    statements: ['vacuum'],
    inTransaction: false,
    before: { old: 500 },
    after: { old: 500 },
  },
  {
    name: 'reload, checkpoint and vacuum',
    prepare: plain,
    statements: [`begin; ${reload.join('; ')}; commit`, 'pragma wal_checkpoint(passive)', 'vacuum'],
    inTransaction: false,
    before,
    after,
  },
];

class AttackingProcess implements Attacker {
  readonly #child: ChildProcess;
  #running = false;

  constructor(file: string) {
    const entry = join(import.meta.dirname, 'sqlite-attacker.ts');
    this.#child = fork(entry, [file], { execArgv: ['--disable-warning=ExperimentalWarning'] });
  }

  /** True when the statements have been running for so long that they must be waiting for a lock. */
  get isWaiting(): boolean {
    return this.#running && Date.now() - this.#since > 1_000;
  }

  #since = 0;

  async run(sql: string): Promise<void> {
    this.#running = true;
    this.#since = Date.now();
    const answer = once(this.#child, 'message');
    this.#child.send(sql);
    const [{ ok, message }] = await answer;
    this.#running = false;
    if (!ok) throw new Error(message);
  }

  async close(): Promise<void> {
    this.#child.disconnect();
  }
}

const sourceOf = (folder: string): Source =>
  createSqliteSource(
    { kind: 'sqlite', file: 'app.db', parallelTables: 1 },
    { appDirectory: folder, name: 'app' },
  );

for (const mode of ['wal', 'delete'] as const) {
  describeMomentContract(`sqlite with journal_mode ${mode}`, attacks, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sluice-moment-'));
    const attackers: AttackingProcess[] = [];
    return {
      source: sourceOf(folder),
      attacker: async () => {
        const attacker = new AttackingProcess(join(folder, 'app.db'));
        attackers.push(attacker);
        await attacker.run(`pragma journal_mode = ${mode}`);
        return attacker;
      },
      isWaiting: async () => attackers.some(({ isWaiting }) => isWaiting),
      close: () => rm(folder, { recursive: true, force: true }),
    };
  });
}

describe('X1 a file that somebody else puts in place', () => {
  let folder: string;
  const file = () => join(folder, 'app.db');
  const table = catalogTable('target', { key: [] });
  const request = () => ({
    tenantSourceId: 'acme',
    tables: [table],
    signal: new AbortController().signal,
  });

  function write(path: string, mode: string, ...statements: readonly string[]): void {
    const database = new DatabaseSync(path);
    database.exec(`pragma journal_mode = ${mode}; ${statements.join(';')}`);
    database.close();
  }

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-file-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  test('by renaming it is read from the next export on; this one has all old rows', async () => {
    write(file(), 'wal', plain);
    write(join(folder, 'next.db'), 'wal', plain, ...reload);
    const source = sourceOf(folder);
    await using snapshot = await source.openSnapshot(request());
    const described = await snapshot.describe(table);
    await rename(join(folder, 'next.db'), file());
    const selection = { table, columns: described };
    expect(await snapshot.count(selection)).toBe(1000);
    expect((await drain(await snapshot.stream(selection))).cells.length).toBe(1000);
    await using next = await source.openSnapshot(request());
    expect(await next.count(selection)).toBe(2000);
    await source.close();
  });

  test('by copying over it fails this export by name, and the next has all rows', async () => {
    write(file(), 'delete', plain);
    write(join(folder, 'other.db'), 'delete', plain, ...reload);
    const source = sourceOf(folder);
    for (const step of ['counting', 'streaming'] as const) {
      await using snapshot = await source.openSnapshot(request());
      const selection = { table, columns: await snapshot.describe(table) };
      if (step === 'streaming') await snapshot.count(selection);
      await copyFile(join(folder, 'other.db'), file());
      await utimes(file(), new Date(), new Date());
      const reading = async () =>
        step === 'counting' ? snapshot.count(selection) : drain(await snapshot.stream(selection));
      expect((await failureOf(reading())).code).toBe('table_changed');
    }
    await using next = await source.openSnapshot(request());
    const selection = { table, columns: await next.describe(table) };
    expect(await next.count(selection)).toBe(2000);
    await source.close();
  });
});
