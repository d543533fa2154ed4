import { describe, expect, test } from 'vitest';
import type { Catalog, CatalogTable } from '../../../lib/core/catalog/catalog.ts';
import type { ExportRecord } from '../../../lib/core/exports/export-record.ts';
import { createRequestExport } from '../../../lib/core/exports/request-export.ts';
import type { Claim } from '../../../lib/core/exports/stores.ts';
import type { Sight } from '../../../lib/core/labels/caller.ts';
import { seesExport } from '../../../lib/core/labels/sees-export.ts';
import { seesTable } from '../../../lib/core/labels/sees-table.ts';
import { visibleCatalog } from '../../../lib/core/labels/visible-catalog.ts';
import {
  type KeyPrincipal,
  type Labels,
  ownerScopes,
  roleScopes,
  type Scope,
} from '../../../lib/core/principal.ts';
import { starter } from '../http/fake-services.ts';

const table = (name: string, labels: CatalogTable['labels']): CatalogTable => ({
  name,
  source: 'app',
  from: name,
  tenant: { column: 'tenant_id', rls: false, schema: false },
  key: ['id'],
  labels,
});

const orders = table('orders', { system: 'shop', team: 'sales' });
const visits = table('visits', { system: 'shop', team: 'web' });
const tickets = table('tickets', { system: 'desk' });
const plain = table('plain', {});
const catalog: Catalog = {
  sources: {},
  tables: [orders, visits, tickets, plain],
  excluded: [{ name: 'salaries', reason: 'Private.' }],
};
const sightOf = (labels: Labels | undefined): Sight => ({
  scopes: ownerScopes,
  ...(labels === undefined ? {} : { labels }),
});
const seen = (labels: Labels | undefined) =>
  visibleCatalog(catalog, sightOf(labels)).tables.map(({ name }) => name);
const recordOf = (...names: readonly string[]): Pick<ExportRecord, 'request'> => ({
  request: {
    tables: names.map((name) => ({ name })),
    format: 'csv',
    compression: 'none',
    dialect: 'data',
    packaging: 'files',
    consistency: 'table',
  },
});

describe('K11 labels', () => {
  test.each<[string, Labels | undefined, readonly string[]]>([
    ['absent limit nothing', undefined, ['orders', 'visits', 'tickets', 'plain']],
    ['empty limit nothing', {}, ['orders', 'visits', 'tickets', 'plain']],
    ['with one value', { system: ['shop'] }, ['orders', 'visits']],
    ['with one of several values', { system: ['shop', 'desk'] }, ['orders', 'visits', 'tickets']],
    ['with two names: both must match', { system: ['shop'], team: ['sales'] }, ['orders']],
    ['with a name that no table carries', { region: ['north'] }, []],
    ['with no value at all', { system: [] }, []],
    ['with a name that every object has', { constructor: ['Object'], toString: [''] }, []],
  ])('%s', (_, labels, tables) => {
    expect(seen(labels)).toEqual(tables);
  });

  test('hide what is left out on purpose, which carries none', () => {
    expect(visibleCatalog(catalog, sightOf({ system: ['shop'] })).excluded).toEqual([]);
    expect(visibleCatalog(catalog, sightOf(undefined))).toEqual(catalog);
  });

  test('show an export when all of its tables match, by the catalog as it is now', () => {
    const shop = sightOf({ system: ['shop'] });
    expect(seesExport(shop, recordOf('orders', 'visits'), catalog)).toBe(true);
    expect(seesExport(shop, recordOf('orders', 'tickets'), catalog)).toBe(false);
    expect(seesExport(shop, recordOf('orders', 'gone'), catalog)).toBe(false);
    expect(seesExport(sightOf(undefined), recordOf('orders', 'gone'), catalog)).toBe(true);
    expect(seesExport(sightOf({}), recordOf('orders', 'gone'), catalog)).toBe(true);
    const moved = { ...catalog, tables: [{ ...orders, labels: { system: 'desk' } }] };
    expect(seesExport(shop, recordOf('orders'), moved)).toBe(false);
    expect(seesTable(shop, orders)).toBe(true);
  });
});

describe('K9 S4 a table that demands a scope', () => {
  const log: CatalogTable = { ...table('log', {}), scope: 'audit:read' };
  const withLog: Catalog = { ...catalog, tables: [orders, log] };
  const names = (sight: Sight) => visibleCatalog(withLog, sight).tables.map(({ name }) => name);
  const logOf = { request: { ...recordOf().request, tables: [{ name: 'log' }] } };

  test('is there for whoever has the scope and is not limited', () => {
    expect(names({ scopes: roleScopes.auditor })).toEqual(['orders', 'log']);
    expect(names({ scopes: roleScopes.analyst })).toEqual(['orders']);
    expect(names({ scopes: ownerScopes, labels: { system: ['shop'] } })).toEqual(['orders']);
    expect(names({ scopes: ownerScopes, labels: {} })).toEqual(['orders', 'log']);
  });

  test('hides its exports, also when the table has left the catalog or demands nothing any more', () => {
    const asked = {
      request: { ...logOf.request, tables: [{ name: 'log', scope: 'audit:read' as const }] },
    };
    const { scope, ...open } = log;
    const catalogs: readonly Catalog[] = [
      withLog,
      catalog,
      { ...catalog, tables: [orders, { ...open, labels: { system: 'shop' } }] },
    ];
    for (const now of catalogs) {
      expect(seesExport({ scopes: roleScopes.auditor }, asked, now)).toBe(true);
      expect(seesExport({ scopes: roleScopes.analyst }, asked, now)).toBe(false);
      expect(seesExport(sightOf({ system: ['shop'] }), asked, now)).toBe(false);
    }
    expect(seesExport({ scopes: roleScopes.analyst }, logOf, withLog)).toBe(false);
  });
});

describe('K11 asking for an export', () => {
  test('"all" means all that the caller may see', async () => {
    const { request } = accepting();
    expect(await request({ system: ['shop'] }, 'all')).toEqual(['orders', 'visits']);
    expect(await request(undefined, 'all')).toEqual(['orders', 'visits', 'tickets', 'plain']);
  });

  test('a table that the caller may not see is unknown, to the letter', async () => {
    const { request } = accepting();
    const refusal = async (labels: Labels | undefined, name: string) =>
      request(labels, [{ name }]).catch((error: unknown) => error);
    const hidden = await refusal({ system: ['shop'] }, 'tickets');
    const missing = await refusal(undefined, 'ticketz');
    expect(hidden).toMatchObject({ code: 'unknown_table' });
    expect(JSON.stringify(hidden).replaceAll('tickets', '')).toBe(
      JSON.stringify(missing).replaceAll('ticketz', ''),
    );
    expect(await refusal({ system: [] }, 'tickets')).toMatchObject({ code: 'unknown_table' });
  });

  test('"all" of nothing is refused, not exported', async () => {
    const { request } = accepting();
    await expect(request({ region: ['north'] }, 'all')).rejects.toMatchObject({
      code: 'unknown_table',
    });
  });

  test('K9 S4 an analyst cannot ask for the log, and gets no export of it by an Idempotency-Key', async () => {
    const { request, change } = accepting();
    change({ ...catalog, tables: [orders, { ...table('log', {}), scope: 'audit:read' }] });
    const { analyst, auditor } = roleScopes;
    expect(await request(undefined, 'all', undefined, analyst)).toEqual(['orders']);
    expect(await request(undefined, 'all', 'nightly', auditor)).toEqual(['orders', 'log']);
    await expect(request(undefined, [{ name: 'log' }], undefined, analyst)).rejects.toMatchObject({
      code: 'unknown_table',
    });
    await expect(request(undefined, 'all', 'nightly', analyst)).rejects.toMatchObject({
      code: 'idempotency_key_reused',
    });
  });

  test('the same Idempotency-Key under other labels is another one', async () => {
    const { request, change } = accepting();
    expect(await request({ system: ['desk'] }, 'all', 'once')).toEqual(['tickets']);
    expect(await request(undefined, 'all', 'once')).toHaveLength(4);
    expect(await request({ system: ['desk'] }, 'all', 'once')).toEqual(['tickets']);
    change({ ...catalog, tables: [orders, { ...visits, labels: { system: 'desk' } }] });
    await expect(request({ system: ['desk'] }, 'all', 'once')).rejects.toMatchObject({
      code: 'idempotency_key_reused',
    });
  });
});

/** Accepts exports into memory; gives the tables that each would export. */
function accepting() {
  const rows = new Map<string, ExportRecord>();
  const claims = new Map<string, Claim>();
  let present = catalog;
  const deps = () => ({
    catalog: present,
    exports: {
      insert: async (record: ExportRecord) => rows.size < rows.set(record.id, record).size,
      find: async (_: string, id: string) => {
        const value = rows.get(id);
        return value && { value, etag: '1' };
      },
      update: async () => {},
      list: async () => ({ items: [] }),
    },
    exposures: { remember: async () => {} },
    due: { markRunning: async () => {} },
    idempotency: {
      claim: async (tenantId: string, keyHash: string, claim: Claim) => {
        const held = claims.get(tenantId + keyHash) ?? claim;
        claims.set(tenantId + keyHash, held);
        return held;
      },
    },
    tenants: { find: async () => undefined },
    describeTables: async () => [],
    clock: () => new Date('2026-03-01T10:00:00Z'),
    log: { info() {}, warn() {}, error() {} },
  });
  const request = async (
    labels: Labels | undefined,
    tables: 'all' | readonly { readonly name: string }[],
    idempotencyKey?: string,
    scopes: readonly Scope[] = ownerScopes,
  ) => {
    const principal: KeyPrincipal = {
      kind: 'key',
      tenantId: 'acme',
      keyId: 'k',
      scopes,
      ...(labels === undefined ? {} : { labels }),
    };
    const order = { principal, wish: { tables } };
    const { record } = await createRequestExport(deps())(
      idempotencyKey === undefined ? order : { ...order, idempotencyKey },
      starter,
    );
    return record.request.tables.map(({ name }) => name);
  };
  const change = (to: Catalog) => {
    present = to;
  };
  return { request, change };
}
