import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSqliteSource } from '../../../lib/adapters/sources/sqlite/create-sqlite-source.ts';
import type { CatalogTable } from '../../../lib/core/catalog/catalog.ts';
import type { Row, Snapshot } from '../../../lib/core/sources/source.ts';
import { catalogTable } from './catalog-table.ts';
import { drain, failureOf } from './read-stream.ts';
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

test('gives at most 1,000 rows at once, and reads no more than two batches ahead', async () => {
  await harness.execute(`
    create view long_view as with recursive n(i) as (select 1 union all select i + 1 from n where i < 20000)
      select i as id, 'acme' as tenant_id from n`);
  const table = catalogTable('long_view');
  await using snapshot = await open();
  const stream = await snapshot.stream({ table, columns: await snapshot.describe(table) });
  const sizes: number[] = [];
  for (let batch = await stream.read(1e6); batch; batch = await stream.read(1e6)) {
    sizes.push(stream.kind === 'rows' ? (batch as readonly Row[]).length : 0);
  }
  expect(sizes).toEqual(Array(20).fill(1_000));
});

describe('a view that gives no row for a long time', () => {
  const table = catalogTable('endless_view');
  const making = `create view if not exists endless_view as
    with recursive n(i) as (select 1 union all select i + 1 from n) select i as id, 'acme' as tenant_id from n where i < 0`;

  test('holds up nobody else, and ends at once when its signal is aborted', async () => {
    await harness.execute(making);
    const abort = new AbortController();
    await using snapshot = await open('acme', abort.signal);
    const columns = await snapshot.describe(table);
    const counting = failureOf(snapshot.count({ table, columns }));
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 5);
    await harness.execute('create table if not exists turn (id integer)');
    await setTimeout(500);
    clearInterval(timer);
    expect(turns).toBeGreaterThan(5);
    abort.abort();
    expect((await counting).code).toBe('cancelled');
  });

  test('ends at once when the snapshot or the source is closed', async () => {
    await harness.execute(making);
    const snapshot = await open();
    const columns = await snapshot.describe(table);
    const counting = failureOf(snapshot.count({ table, columns }));
    await snapshot[Symbol.asyncDispose]();
    expect((await counting).code).toBe('cancelled');
    const source = sourceOf('app.db');
    const other = await source.openSnapshot(request());
    const streaming = await other.stream({ table, columns });
    const reading = failureOf(streaming.read(1));
    await source.close();
    expect((await reading).code).toBe('cancelled');
  });
});

const sourceOf = (file: string) =>
  createSqliteSource(
    { kind: 'sqlite', file, parallelTables: 1 },
    { appDirectory: harness.folder, name: 'app' },
  );
const request = () => ({
  tenantSourceId: 'acme',
  tables: [],
  signal: new AbortController().signal,
});

test('K3 a process that is used again knows nothing of whoever used it before', async () => {
  await harness.execute(`
    create table shared (id integer primary key, tenant_id text not null);
    insert into shared values (1, 'acme'), (2, 'globex')`);
  const source = sourceOf('app.db');
  const read = async (tenantSourceId: string) => {
    await using snapshot = await source.openSnapshot({ ...request(), tenantSourceId });
    const table = catalogTable('shared');
    return (await drain(await snapshot.stream({ table, columns: await snapshot.describe(table) })))
      .cells;
  };
  for (const round of [1, 2, 3]) {
    expect(await read('acme'), String(round)).toEqual([['1', 'acme']]);
    expect(await read('globex'), String(round)).toEqual([['2', 'globex']]);
  }
  const atOnce = await Promise.all(['acme', 'globex', 'nobody'].map(read));
  expect(atOnce).toEqual([[['1', 'acme']], [['2', 'globex']], []]);
  await source.close();
});

test.each(['await source.close();', ''])(
  'lets its program end by itself, with "%s" or without a word',
  async (ending) => {
    await harness.execute(
      'create table if not exists plain_end (id integer primary key, tenant_id text)',
    );
    const module = join(
      import.meta.dirname,
      '../../../lib/adapters/sources/sqlite/create-sqlite-source.ts',
    );
    const table = JSON.stringify(catalogTable('plain_end'));
    const program = `
      import { createSqliteSource } from ${JSON.stringify(pathToFileURL(module).href)};
      const source = createSqliteSource({ kind: 'sqlite', file: 'app.db', parallelTables: 1 },
        { appDirectory: ${JSON.stringify(harness.folder)}, name: 'app' });
      const signal = new AbortController().signal;
      const snapshot = await source.openSnapshot({ tenantSourceId: 'a', tables: [], signal });
      await snapshot.describe(${table});
      await snapshot[Symbol.asyncDispose]();
      ${ending}
      console.log('done');`;
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--input-type=module',
      '--eval',
      program,
    ]);
    expect(stdout).toBe('done\n');
  },
);

describe('X10 a text that is not UTF-8', () => {
  const text = `cast(x'4dfc6c6c6572' as text)`;

  beforeAll(() =>
    harness.execute(`
      create table notes (id integer primary key, tenant_id text not null, title text, note text);
      insert into notes values (1, 'acme', 'fine', 'Größe'), (2, 'globex', 'fine', ${text}),
        (3, 'half', 'fine', cast(x'eda080' as text)), (4, 'own', 'the mark ' || char(65533), 'fine'),
        (5, 'late', 'fine', char(65533)), (6, 'late', 'fine', cast(x'c080' as text))`),
  );

  test.each(['globex', 'half', 'late'])(
    'of the tenant %s fails the table by its name and column, never its value',
    async (tenant) => {
      const failure = await failureOf(rowsOf(catalogTable('notes'), tenant));
      expect(failure.code).toBe('text_not_utf8');
      for (const words of [failure.message, failure.internal ?? '']) {
        expect(words).toMatch(/notes.*note|note.*notes/);
        expect(words).not.toMatch(/ller|\uFFFD/);
      }
    },
  );

  test('does not fail the tenants beside it, nor one whose own character is U+FFFD', async () => {
    expect(await rowsOf(catalogTable('notes'))).toEqual([[1, 'acme', 'fine', 'Größe']]);
    expect(await rowsOf(catalogTable('notes'), 'own')).toEqual([
      [4, 'own', 'the mark \uFFFD', 'fine'],
    ]);
  });

  test('is read as the catalog says, and the column says so', async () => {
    const latin1 = catalogTable('notes', { text: 'latin1' });
    expect(await rowsOf(latin1, 'globex')).toEqual([[2, 'globex', 'fine', 'Müller']]);
    const base64 = catalogTable('notes', { text: 'base64' });
    const [row] = await rowsOf(base64, 'globex');
    expect(row?.[3]).toEqual(Uint8Array.from(Buffer.from('4dfc6c6c6572', 'hex')));
    await using snapshot = await open();
    expect((await snapshot.describe(base64)).map(({ type, text: read }) => [type, read])).toEqual([
      ['integer', undefined],
      ['bytes', 'base64'],
      ['bytes', 'base64'],
      ['bytes', 'base64'],
    ]);
    expect((await snapshot.describe(latin1))[3]).toMatchObject({ type: 'text', text: 'latin1' });
  });

  test('is told from half a surrogate pair in a file of UTF-16', async () => {
    const database = new DatabaseSync(join(harness.folder, 'utf16.db'));
    database.exec(`pragma encoding = 'UTF-16le';
      create table wide (id integer primary key, tenant_id text not null, note text);
      insert into wide values (1, 'acme', 'Größe 😀 ' || char(65533)), (2, 'half', cast(x'00d84100' as text))`);
    database.close();
    const source = sourceOf('utf16.db');
    const read = async (tenantSourceId: string) => {
      await using snapshot = await source.openSnapshot({ ...request(), tenantSourceId });
      const table = catalogTable('wide');
      return await drain(await snapshot.stream({ table, columns: await snapshot.describe(table) }));
    };
    expect((await read('acme')).cells).toEqual([['1', 'acme', 'Größe 😀 \uFFFD']]);
    expect((await failureOf(read('half'))).code).toBe('text_not_utf8');
  });
});

test('X10 what SQLite itself understands is converted, and what does not fit is counted', async () => {
  await harness.execute(`
    create table odd (id integer primary key, tenant_id text not null, at datetime, doc json, ref uuid, n integer);
    insert into odd values (1, 'acme', '2026-01-02 03:04:05+02:00', jsonb('{"k":"v"}'), x'00112233445566778899aabbccddeeff', 5),
      (2, 'acme', '2026-01-02', '[1]', 'X', 'five'), (3, 'acme', '2026-01-02 25:61', 'not json', null, null)`);
  await using snapshot = await open();
  const table = catalogTable('odd');
  const stream = await snapshot.stream({ table, columns: await snapshot.describe(table) });
  const { cells } = await drain(stream);
  expect(cells).toEqual([
    ['1', 'acme', '2026-01-02T01:04:05Z', '{"k":"v"}', '00112233-4455-6677-8899-aabbccddeeff', '5'],
    ['2', 'acme', '2026-01-02T00:00:00Z', '[1]', 'X', 'five'],
    ['3', 'acme', '2026-01-02 25:61', 'not json', null, null],
  ]);
  expect(stream.kind === 'rows' && Object.fromEntries(stream.otherKinds ?? [])).toEqual({
    id: 0,
    tenant_id: 0,
    at: 1,
    doc: 1,
    ref: 1,
    n: 1,
  });
});

describe('K3 the tenant’s id is compared exactly', () => {
  test('whatever the collation of its column, in tables and views', async () => {
    await harness.execute(`
      create table nocase (id integer, tenant_id text collate nocase); create index nocase_tenant on nocase (tenant_id);
      insert into nocase values (1, 't1'), (2, 'T1');
      create table rtrim (id integer, tenant_id text collate rtrim);
      insert into rtrim values (1, 't1'), (2, 't1   ');
      create table untyped (id integer, tenant_id);
      insert into untyped values (1, 't1'), (2, x'7431'), (3, 7);
      create view over_nocase as select id, tenant_id from nocase`);
    for (const from of ['nocase', 'rtrim', 'untyped', 'over_nocase']) {
      const table = catalogTable('t', { from, key: ['id'] });
      expect(await rowsOf(table, 't1')).toEqual([[1, 't1']]);
    }
    expect(await rowsOf(catalogTable('nocase'), 'T1')).toEqual([[2, 'T1']]);
    expect(await rowsOf(catalogTable('rtrim'), 't1   ')).toEqual([[2, 't1   ']]);
    expect(await rowsOf(catalogTable('untyped'), '7')).toEqual([[3, 7]]);
  });

  test.each(['01', ' 1', '1 ', '1.0', '+1', '1e0', '-01'])(
    'and %j, which a column of numbers takes for 1, is refused by name',
    async (id) => {
      await harness.execute(`
        create table if not exists counted (id integer primary key, tenant_id integer);
        insert or ignore into counted values (1, 1), (2, '7x')`);
      const failure = await failureOf(rowsOf(catalogTable('counted'), id));
      expect(failure.code).toBe('tenant_id_unfit');
      expect(await rowsOf(catalogTable('counted'), '1')).toEqual([[1, 1]]);
      expect(await rowsOf(catalogTable('counted'), '7x')).toEqual([[2, '7x']]);
    },
  );

  test('and a row of another tenant that comes all the same fails the table', async () => {
    // A view that names another tenant in each row than the predicate saw: random() is called anew each time.
    await harness.execute(`
      create view shifty as select 1 as id, case when random() % 2 = 0 then 'acme' else 'globex' end as tenant_id
        from (with recursive n(i) as (select 1 union all select i + 1 from n where i < 200) select i from n)`);
    for (const columns of [['id', 'tenant_id'], ['id']]) {
      await using snapshot = await open();
      const table = catalogTable('shifty');
      const all = await snapshot.describe(table);
      const chosen = all.filter(({ name }) => columns.includes(name));
      const reading = snapshot.stream({ table, columns: chosen }).then((stream) => drain(stream));
      expect((await failureOf(reading)).code).toBe('isolation_broken');
    }
  });
});

describe('S28 X1 a value that is too large', () => {
  test('fails its table by a code of its own, and its neighbours are read', async () => {
    await harness.execute(`
      create table huge (id integer primary key, tenant_id text not null, v text, b blob);
      insert into huge values (1, 'acme', replace(hex(zeroblob(40000000)), '00', 'ab'), null), (2, 'globex', null, zeroblob(70000000)),
        (3, 'small', 'x', zeroblob(1000000))`);
    for (const tenant of ['acme', 'globex']) {
      const failure = await failureOf(rowsOf(catalogTable('huge'), tenant));
      expect([failure.code, failure.message]).toEqual([
        'row_too_large',
        expect.stringContaining('64 MiB'),
      ]);
    }
    expect(await rowsOf(catalogTable('huge'), 'small')).toHaveLength(1);
  });
});

describe('when the file cannot be read', () => {
  test('says what to look at when it is missing, and does not make it', async () => {
    for (const file of ['gone.db', 'no/such/folder/gone.db']) {
      const failure = await failureOf(sourceOf(file).openSnapshot(request()));
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
      expect((await failureOf(sourceOf(file).openSnapshot(request()))).code).toBe(
        'source_unreachable',
      );
    }
  });
});
