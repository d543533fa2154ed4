import { expect, test } from 'vitest';
import { ConfigError } from '../../../lib/config/config-error.ts';
import { parseCatalog } from '../../../lib/config/load-catalog.ts';

const catalogOf = (source: object, table: object) =>
  JSON.stringify({ sources: { own: source }, tables: [{ name: 'log', source: 'own', ...table }] });

test('K9 a catalog may offer the tenant’s own audit log', () => {
  const table = { from: 'audit_log', tenant: { column: 'tenant_id' }, key: ['seq'] };
  const catalog = parseCatalog(catalogOf({ kind: 'sluice' }, table), 'c.json');
  expect(catalog.sources).toEqual({ own: { kind: 'sluice', parallelTables: 4 } });
  expect(catalog.tables).toEqual([
    {
      name: 'log',
      source: 'own',
      from: 'audit_log',
      tenant: { column: 'tenant_id', rls: false, schema: false },
      key: ['seq'],
      labels: {},
    },
  ]);
});

test('K3 it names no other table, no other isolation and no file', () => {
  const mistakesOf = (source: object, table: object): readonly string[] => {
    try {
      parseCatalog(catalogOf(source, table), 'c.json');
      return [];
    } catch (error) {
      if (error instanceof ConfigError) return error.mistakes;
      throw error;
    }
  };
  expect(mistakesOf({ kind: 'sluice' }, { from: 'keys', tenant: { rls: true } })).toEqual([
    '/tables/0/from: a sluice source has the table audit_log only',
    '/tables/0/tenant: for a sluice source this is {"column": "tenant_id"}',
  ]);
  const table = { from: 'audit_log', tenant: { column: 'tenant_id' } };
  expect(mistakesOf({ kind: 'sluice', file: 'x.db' }, table)).toEqual([
    '/sources/own/file: there is no such field',
  ]);
});
