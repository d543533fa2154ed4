import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { catalogJsonSchema } from '../../../lib/config/catalog-schema.ts';
import { ConfigError } from '../../../lib/config/config-error.ts';
import { loadCatalog, parseCatalog } from '../../../lib/config/load-catalog.ts';

const folder = join(import.meta.dirname, '../../../lib/config');

test('the example catalog is right', () => {
  const catalog = loadCatalog('catalog.example.json', folder);
  expect(catalog.tables.map(({ name }) => name)).toContain('app_usage');
});

test('the published JSON Schema is the one that is checked', () => {
  const published: unknown = JSON.parse(readFileSync(join(folder, 'catalog.schema.json'), 'utf8'));
  expect(published).toEqual(catalogJsonSchema());
});

test('a catalog with ten mistakes reports all ten, each with its place', () => {
  const text = JSON.stringify({
    sources: {
      app: { kind: 'sqlite', file: 'a.db', password: 'x' },
      pg: { kind: 'postgres', connection: {}, parallelTables: 99 },
    },
    tables: [
      { name: 'Orders', source: 'app', from: 'orders', tenant: { column: 't' } },
      { name: 'a', source: 'nowhere', from: 'a', tenant: { column: 't' } },
      { name: 'a', source: 'app', from: 'a', tenant: {} },
      { name: 'b', source: 'app', from: 'b', tenant: { rls: true }, key: ['id', 'id'] },
      { name: 'c', source: 'app', from: 'a b', tenant: { column: 't' } },
    ],
    excluded: [{ name: 'c' }],
  });
  expect(
    mistakesOf(text)
      .map((line) => line.split(':')[0])
      .sort(),
  ).toEqual([
    '/excluded/0/reason',
    '/sources/app/password',
    '/sources/pg/connection/secret',
    '/sources/pg/parallelTables',
    '/tables/0/name',
    '/tables/1/source',
    '/tables/2/name',
    '/tables/2/tenant',
    '/tables/3/key',
    '/tables/3/tenant',
    '/tables/4/from',
  ]);
});

test('broken JSON and a missing file say what to do', () => {
  expect(() => parseCatalog('{', 'catalog.json')).toThrow(/catalog\.json is not valid JSON/);
  expect(() => loadCatalog('nowhere/catalog.json', folder)).toThrow(/ENOENT; set SLUICE_CATALOG/);
});

test('masks are refused until they are applied, so that nothing thought masked leaks', () => {
  const text = JSON.stringify({
    sources: { app: { kind: 'sqlite', file: 'a.db' } },
    tables: [{ name: 'a', source: 'app', from: 'a', tenant: { column: 't' }, columns: {} }],
  });
  expect(mistakesOf(text)).toEqual(['/tables/0/columns: there is no such field']);
});

function catalogOf(table: object, kind = 'postgres') {
  const app =
    kind === 'postgres'
      ? { kind, connection: { secret: 'pg' } }
      : { kind: 'sqlite', file: './app.db' };
  return JSON.stringify({
    sources: { app },
    tables: [{ name: 'a', source: 'app', tenant: { column: 't' }, from: 'a', ...table }],
  });
}

test('a table is named as text or letter by letter', () => {
  const named = (from: unknown, kind?: string) => {
    const [table] = parseCatalog(catalogOf({ from }, kind), 'c').tables;
    return [table?.fromSchema, table?.from];
  };
  expect(named('orders')).toEqual([undefined, 'orders']);
  expect(named('shop.orders')).toEqual(['shop', 'orders']);
  expect(named({ table: 'shop.orders' })).toEqual([undefined, 'shop.orders']);
  expect(named({ schema: 'my "shop".x', table: ' Orders 2024 ' })).toEqual([
    'my "shop".x',
    ' Orders 2024 ',
  ]);
  expect(named('main.orders', 'sqlite')).toEqual([undefined, 'main.orders']);
  for (const [from, place] of [
    ['a b', '/tables/0/from: must be schema.table or table; names with'],
    ['a.b.c', '/tables/0/from: must be schema.table or table; names with'],
    [{ schema: 'a' }, '/tables/0/from/table: '],
    [{ table: 'a', catalog: 'b' }, '/tables/0/from/catalog: there is no such field'],
  ] as const) {
    const mistakes = mistakesOf(catalogOf({ from }));
    expect([mistakes.length, mistakes[0]]).toEqual([1, expect.stringContaining(place)]);
  }
  expect(mistakesOf(catalogOf({ from: { schema: 'a', table: 'b' } }, 'sqlite'))).toEqual([
    '/tables/0/from: a sqlite source has no schemas; leave it out',
  ]);
  expect(
    mistakesOf(catalogOf({ from: { schema: 'a', table: 'b' }, tenant: { schema: true } })),
  ).toEqual([`/tables/0/tenant: with schema, "from" is the table's name alone`]);
});

test('K3 a table that every tenant gets whole is written on purpose', () => {
  expect(parseCatalog(catalogOf({ tenant: 'shared' }), 'c').tables[0]?.tenant).toEqual({
    rls: false,
    schema: false,
    shared: true,
  });
  expect(mistakesOf(catalogOf({ tenant: {} }))).toEqual([
    expect.stringContaining('or "shared" for a table that every tenant gets whole'),
  ]);
  for (const tenant of ['all', 'Shared', true, { shared: true }]) {
    expect(mistakesOf(catalogOf({ tenant })).length).toBeGreaterThan(0);
  }
  expect(mistakesOf(catalogOf({ tenant: { column: 't', row: 1 } }))).toEqual([
    '/tables/0/tenant/row: there is no such field',
  ]);
});

test('L9 a statement has no limit unless the operator sets one', () => {
  const [source] = Object.values(parseCatalog(catalogOf({}), 'c').sources);
  expect(source).toMatchObject({ maxConnections: 16, connectTimeoutSeconds: 10 });
  expect(source).not.toHaveProperty('statementTimeoutMinutes');
});

function mistakesOf(text: string): readonly string[] {
  try {
    parseCatalog(text, 'catalog.json');
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes;
    throw error;
  }
  return [];
}
