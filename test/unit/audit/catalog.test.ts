import { expect, test } from 'vitest';
import { ConfigError } from '../../../lib/config/config-error.ts';
import { parseCatalog } from '../../../lib/config/load-catalog.ts';
import { tableScopes } from '../../../lib/core/principal.ts';

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
      scope: 'audit:read',
    },
  ]);
});

test('K9 S4 the log demands a scope, any table may, and labels beside it are a mistake', () => {
  const log = { from: 'audit_log', tenant: { column: 'tenant_id' } };
  const labels = { system: 'shop' };
  expect(mistakesOf({ kind: 'sluice' }, { ...log, labels, scope: 'keys:write' })).toEqual([
    '/tables/0/scope: a table of a sluice source demands audit:read; leave this out',
    '/tables/0/labels: the table demands the scope keys:write, so nobody limited to labels sees it; leave them out',
  ]);
  const logMistake =
    '/tables/0/labels: the table demands the scope audit:read, so nobody limited to labels sees it; leave them out';
  expect(mistakesOf({ kind: 'sluice' }, { ...log, labels })).toEqual([logMistake]);
  expect(mistakesOf({ kind: 'sluice' }, { ...log, scope: 'audit:read' })).toEqual([]);
  const file = { kind: 'sqlite', file: 'x.db' };
  expect(mistakesOf(file, { ...log, scope: 'audit:read', labels })).toEqual([logMistake]);
  expect(mistakesOf(file, { ...log, scope: 'audit:read' })).toEqual([]);
  expect(mistakesOf(file, { ...log, scope: 'exports:read' })).toHaveLength(1);
  for (const scope of tableScopes) expect(mistakesOf(file, { ...log, scope })).toEqual([]);
});

test('K3 it names no other table, no other isolation and no file', () => {
  expect(mistakesOf({ kind: 'sluice' }, { from: 'keys', tenant: { rls: true } })).toEqual([
    '/tables/0/from: a sluice source has the table audit_log only',
    '/tables/0/tenant: for a sluice source this is {"column": "tenant_id"}',
  ]);
  const table = { from: 'audit_log', tenant: { column: 'tenant_id' } };
  expect(mistakesOf({ kind: 'sluice', file: 'x.db' }, table)).toEqual([
    '/sources/own/file: there is no such field',
  ]);
});

function mistakesOf(source: object, table: object): readonly string[] {
  try {
    parseCatalog(catalogOf(source, table), 'c.json');
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes;
    throw error;
  }
}
