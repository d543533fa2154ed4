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

function mistakesOf(text: string): readonly string[] {
  try {
    parseCatalog(text, 'catalog.json');
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes;
    throw error;
  }
  return [];
}
