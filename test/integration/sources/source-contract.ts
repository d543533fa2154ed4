import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CatalogTable } from '../../../lib/core/catalog/catalog.ts';
import type { Column } from '../../../lib/core/sources/column.ts';
import type { Snapshot, Source } from '../../../lib/core/sources/source.ts';
import { catalogTable } from './catalog-table.ts';
import { drain, failureOf, readRows } from './read-stream.ts';

/** A source over an empty database, and a second way into it. */
export interface SourceHarness {
  readonly source: Source;
  /** Runs statements on another connection and commits them; plain SQL that every database takes. */
  execute(sql: string): Promise<void>;
  close(): Promise<void>;
}

/** What every source promises, whatever it reads. */
export function describeSourceContract(name: string, start: () => Promise<SourceHarness>): void {
  describe(`the source ${name}`, () => {
    let harness: SourceHarness;

    beforeAll(async () => {
      harness = await start();
      await harness.execute(setup);
    });

    afterAll(async () => {
      await harness?.source.close();
      await harness?.close();
    });

    function open(tenantSourceId: string, options: OpenOptions = {}): Promise<Snapshot> {
      const { tables = [people], signal = new AbortController().signal } = options;
      return harness.source.openSnapshot({ tenantSourceId, tables, signal });
    }

    async function cellsOf(tenantSourceId: string, table: CatalogTable, rowsMax?: number) {
      await using snapshot = await open(tenantSourceId, { tables: [table] });
      const columns = await snapshot.describe(table);
      return await drain(await snapshot.stream({ table, columns }), rowsMax);
    }

    test('describes the columns in their order, with kind, key and whether they may be NULL', async () => {
      await using snapshot = await open('acme');
      expect((await snapshot.describe(people)).map(withoutSourceType)).toEqual([
        { name: 'id', type: 'integer', nullable: false, key: true },
        { name: 'tenant_id', type: 'text', nullable: false, key: false },
        { name: 'name', type: 'text', nullable: true, key: false },
        { name: 'note', type: 'text', nullable: true, key: false },
      ]);
    });

    test('X10 gives NULL apart from empty, and every text as it is', async () => {
      const { cells } = await cellsOf('acme', people);
      expect(cells).toEqual([
        ['1', 'acme', 'Ann', 'plain'],
        ['2', 'acme', null, ''],
        ['3', 'acme', '', null],
        ['4', 'acme', 'Zoë "Z" O\'Hara', 'two\nlines, and a comma'],
        ['5', 'acme', '=1+1', ' blanks around '],
        ['6', 'acme', '\\.', '日本語 🎉'],
      ]);
    });

    test('K3 gives each tenant its own rows, the same number as it counts', async () => {
      for (const [tenant, ids] of Object.entries({ acme: 6, globex: 2, nobody: 0 })) {
        await using snapshot = await open(tenant);
        const columns = await snapshot.describe(people);
        expect(await snapshot.count({ table: people, columns })).toBe(ids);
        const { cells } = await drain(await snapshot.stream({ table: people, columns }));
        expect(cells.map((row) => row[1])).toEqual(Array(ids).fill(tenant));
      }
    });

    test('K3 takes a nasty tenant id for what it is: an id', async () => {
      for (const [index, tenant] of nastyTenants.entries()) {
        const { cells } = await cellsOf(tenant, nasty);
        expect(cells).toEqual([[String(index), tenant]]);
      }
    });

    test('gives the chosen columns in the chosen order', async () => {
      await using snapshot = await open('globex');
      const columns = pick(await snapshot.describe(people), ['note', 'id']);
      const { cells } = await drain(await snapshot.stream({ table: people, columns }));
      expect(cells).toEqual([
        ['first', '101'],
        ['second', '102'],
      ]);
    });

    test.each([1, 7, 999, 2_500, 1_000_000])(
      'never gives more than %i rows at once',
      async (rowsMax) => {
        const { batchRows, cells } = await cellsOf('many', numbers, rowsMax);
        expect(Math.max(...batchRows)).toBeLessThanOrEqual(rowsMax);
        expect(Math.min(...batchRows)).toBeGreaterThan(0);
        expect(cells.map(([id]) => Number(id))).toEqual(numbersOf(manyRows));
      },
    );

    test('gives the end at once for a table without rows, and again when asked again', async () => {
      await using snapshot = await open('acme', { tables: [emptyTable] });
      const columns = await snapshot.describe(emptyTable);
      expect(await snapshot.count({ table: emptyTable, columns })).toBe(0);
      const stream = await snapshot.stream({ table: emptyTable, columns });
      expect([await stream.read(10), await stream.read(10)]).toEqual([undefined, undefined]);
    });

    test('reads a view like a table', async () => {
      const { cells } = await cellsOf('globex', catalogTable('people_view'));
      expect(cells).toEqual([
        ['101', 'globex', 'BOB'],
        ['102', 'globex', 'EVE'],
      ]);
    });

    test('gives the same bytes on two runs', async () => {
      const [first, second] = [await cellsOf('many', numbers), await cellsOf('many', numbers, 13)];
      expect(second.bytes.equals(first.bytes)).toBe(true);
      expect(second.cells).toEqual(first.cells);
    });

    test('X1 sees one moment: rows that come and go meanwhile change nothing', async () => {
      const before = Date.now();
      await using snapshot = await open('many', { tables: [numbers] });
      const columns = await snapshot.describe(numbers);
      const stream = await snapshot.stream({ table: numbers, columns });
      expect(await readRows(stream, 10)).toBe(10);
      await harness.execute(`
        insert into numbers (id, tenant_id) values (900001, 'many');
        delete from numbers where id = 2499;
        update numbers set tenant_id = 'other' where id = 2498;`);
      const { cells } = await drain(stream);
      expect(cells.map(([id]) => Number(id))).toEqual(numbersOf(manyRows).slice(10));
      expect(await snapshot.count({ table: numbers, columns })).toBe(manyRows);
      expect(Math.abs(snapshot.takenAt.getTime() - before)).toBeLessThan(60_000);
      await harness.execute(`
        delete from numbers where id in (900001, 2498);
        insert into numbers (id, tenant_id) values (2498, 'many'), (2499, 'many');`);
    });

    test('ends a stream with `cancelled` when its signal is aborted, and goes on with the next', async () => {
      const abort = new AbortController();
      const snapshot = await open('many', { tables: [numbers], signal: abort.signal });
      const columns = await snapshot.describe(numbers);
      const stream = await snapshot.stream({ table: numbers, columns });
      await stream.read(5);
      abort.abort();
      expect((await failureOf(stream.read(5))).code).toBe('cancelled');
      expect((await failureOf(snapshot.describe(numbers))).code).toBe('cancelled');
      await snapshot[Symbol.asyncDispose]();
      expect((await failureOf(open('acme', { signal: abort.signal }))).code).toBe('cancelled');
      expect((await cellsOf('many', numbers)).cells.length).toBe(manyRows);
    });

    test('never lets a closed snapshot look like the end of the rows', async () => {
      const snapshot = await open('many', { tables: [numbers] });
      const columns = await snapshot.describe(numbers);
      const stream = await snapshot.stream({ table: numbers, columns });
      await stream.read(5);
      await snapshot[Symbol.asyncDispose]();
      await snapshot[Symbol.asyncDispose]();
      expect((await failureOf(stream.read(5))).code).toBe('cancelled');
    });

    test('refuses a second stream while one is open', async () => {
      await using snapshot = await open('many', { tables: [numbers] });
      const columns = await snapshot.describe(numbers);
      const stream = await snapshot.stream({ table: numbers, columns });
      await stream.read(1);
      await expect(snapshot.stream({ table: numbers, columns })).rejects.toThrow(TypeError);
    });

    test('says which table or column is missing, and reads the others all the same', async () => {
      const gone = catalogTable('gone');
      const noTenant = catalogTable('people', { tenant: { column: 'owner_id' } });
      const noKey = catalogTable('people', { key: ['id', 'uid'] });
      await using snapshot = await open('acme', { tables: [gone, people] });
      expect(await failureOf(snapshot.describe(gone))).toMatchObject({
        code: 'table_missing',
        message: expect.stringContaining('"gone"'),
      });
      for (const table of [noTenant, noKey]) {
        expect((await failureOf(snapshot.describe(table))).code).toBe('column_missing');
      }
      const columns = await snapshot.describe(people);
      const unknown: Column[] = [{ ...pick(columns, ['id'])[0], name: 'shoe_size' } as Column];
      const failing = snapshot.stream({ table: people, columns: unknown });
      expect((await failureOf(failing)).code).toBe('column_missing');
      expect(await snapshot.count({ table: people, columns })).toBe(6);
    });

    test('K3 gives a shared table whole, to every tenant', async () => {
      const shared = catalogTable('people', { tenant: { shared: true } });
      for (const tenant of ['acme', 'globex', 'nobody']) {
        await using snapshot = await open(tenant, { tables: [shared] });
        const columns = pick(await snapshot.describe(shared), ['id']);
        expect(await snapshot.count({ table: shared, columns })).toBe(8);
        const { cells } = await drain(await snapshot.stream({ table: shared, columns }));
        expect(cells.map(([id]) => id).join()).toBe('1,2,3,4,5,6,101,102');
      }
    });

    test('K3 never reads a table without isolation', async () => {
      const open1 = await open('acme');
      const bare = catalogTable('people', { tenant: {} });
      await expect(open1.describe(bare)).rejects.toThrow();
      await expect(open1.count({ table: bare, columns: [] })).rejects.toThrow();
      await open1[Symbol.asyncDispose]();
      await expect(open('')).rejects.toThrow(TypeError);
    });
  });
}

interface OpenOptions {
  readonly tables?: readonly CatalogTable[];
  readonly signal?: AbortSignal;
}

const people = catalogTable('people');
const numbers = catalogTable('numbers');
const emptyTable = catalogTable('empty_table');
const nasty = catalogTable('nasty');
const manyRows = 2_500;

const nastyTenants = [
  `'`,
  `' or 1=1`,
  `' or '1'='1`,
  `'; drop table nasty; --`,
  `"`,
  `\\`,
  `\\'`,
  `$1`,
  `$$`,
  `%`,
  `_`,
  `a b`,
  ` acme`,
  `acme `,
  `ACME`,
  `acme`,
  `acmé`,
  `acme\u0301`,
  `日本`,
  `🎉`,
  `tenant_id`,
  `null`,
  `x`.repeat(300),
  `line\nbreak`,
];

const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;
const numbersOf = (count: number) => Array.from({ length: count }, (_, index) => index);

const setup = `
  create table people (id integer not null primary key, tenant_id text not null, name text, note text);
  insert into people (id, tenant_id, name, note) values
    (1, 'acme', 'Ann', 'plain'),
    (2, 'acme', null, ''),
    (3, 'acme', '', null),
    (4, 'acme', 'Zoë "Z" O''Hara', 'two\nlines, and a comma'),
    (5, 'acme', '=1+1', ' blanks around '),
    (6, 'acme', '\\.', '日本語 🎉'),
    (101, 'globex', 'Bob', 'first'),
    (102, 'globex', 'Eve', 'second');
  create view people_view as select id, tenant_id, upper(name) as name from people;
  create table empty_table (id integer not null primary key, tenant_id text not null);
  create table nasty (id integer not null primary key, tenant_id text not null);
  insert into nasty (id, tenant_id) values
    ${nastyTenants.map((tenant, id) => `(${id}, ${literal(tenant)})`).join(', ')};
  create table numbers (id integer not null primary key, tenant_id text not null);
  insert into numbers (id, tenant_id) values
    ${numbersOf(manyRows)
      .map((id) => `(${id}, 'many')`)
      .join(', ')};`;

function withoutSourceType({ name, type, nullable, key }: Column) {
  return { name, type, nullable, key };
}

function pick(columns: readonly Column[], names: readonly string[]): Column[] {
  return names.flatMap((name) => columns.filter((column) => column.name === name));
}
