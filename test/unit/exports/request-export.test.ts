import { describe, expect, test } from 'vitest';
import type { Catalog, CatalogTable } from '../../../lib/core/catalog/catalog.ts';
import type { TableView } from '../../../lib/core/catalog/describe-tables.ts';
import type { ExportRecord } from '../../../lib/core/exports/export-record.ts';
import { createRequestExport } from '../../../lib/core/exports/request-export.ts';
import type { Claim } from '../../../lib/core/exports/stores.ts';
import type { KeyPrincipal } from '../../../lib/core/principal.ts';
import { starter, tenant } from '../http/fake-services.ts';

const table = (name: string): CatalogTable => ({
  name,
  source: 'main',
  from: name,
  tenant: { column: 'tenant_id', rls: false, schema: false },
  key: ['id'],
  labels: {},
});

const catalog: Catalog = {
  sources: {},
  tables: ['orders', 'users', 'silent'].map(table),
  excluded: [],
};

const columnsOf: Readonly<Record<string, readonly string[]>> = {
  orders: ['id', 'Total Sum', '__proto__'],
  users: ['id', 'email'],
};

const principal: KeyPrincipal = {
  kind: 'key',
  tenantId: tenant.id,
  keyId: 'k',
  scopes: ['exports:run'],
};

/** Notes what is described and what is written. */
function world() {
  const described: (readonly string[])[] = [];
  const written: string[] = [];
  const rows = new Map<string, ExportRecord>();
  const claims = new Map<string, Claim>();
  const describeTables = async (_: string, asked: readonly CatalogTable[] = []) => {
    described.push(asked.map(({ name }) => name));
    return asked.map((one): TableView => viewOf(one));
  };
  const request = createRequestExport({
    catalog,
    tenants: { find: async () => ({ value: tenant, etag: '1' }) },
    describeTables,
    exports: {
      insert: async (record) => {
        written.push('exports');
        return rows.size < rows.set(record.id, record).size;
      },
      find: async (_, id) => {
        const value = rows.get(id);
        return value && { value, etag: '1' };
      },
      update: async () => {},
      list: async () => ({ items: [] }),
    },
    exposures: { remember: async () => {} },
    due: {
      markRunning: async () => void written.push('due'),
    },
    idempotency: {
      claim: async (tenantId, keyHash, claim) => {
        written.push('idempotency');
        const held = claims.get(tenantId + keyHash) ?? claim;
        claims.set(tenantId + keyHash, held);
        return held;
      },
    },
    clock: () => new Date('2026-11-20T12:00:00Z'),
    log: { info() {}, warn() {}, error() {} },
  });
  const ask = (tables: readonly { name: string; columns?: readonly string[] }[], key = 'once') =>
    request({ principal, wish: { tables }, idempotencyKey: key }, starter);
  return { ask, described, written };
}

function viewOf(one: CatalogTable): TableView {
  const names = columnsOf[one.name];
  if (names === undefined) {
    return { table: one, failure: { code: 'source_unreachable', message: 'Down.' } };
  }
  const columns = names.map((name) => ({
    name,
    type: 'text' as const,
    sourceType: 'text',
    nullable: true,
    key: false,
  }));
  return { table: one, columns };
}

describe('columns that are named', () => {
  test('are refused with their place when the source does not have them, and nothing is stored', async () => {
    const { ask, written } = world();
    const asked = ask([
      { name: 'users', columns: ['id', 'e-mail'] },
      { name: 'orders', columns: ['total sum', 'constructor', 'Total Sum', '__proto__'] },
    ]);
    await expect(asked).rejects.toMatchObject({
      code: 'unknown_column',
      mistakes: [
        { pointer: '/tables/0/columns/1', message: 'The table "users" has no column "e-mail".' },
        {
          pointer: '/tables/1/columns/0',
          message: 'The table "orders" has no column "total sum".',
        },
        {
          pointer: '/tables/1/columns/1',
          message: 'The table "orders" has no column "constructor".',
        },
      ],
    });
    expect(written).toEqual([]);
  });

  test('are accepted when the source does not tell now; the reading looks again', async () => {
    const { ask } = world();
    const { record } = await ask([{ name: 'silent', columns: ['whatever'] }]);
    expect(record.status).toBe('pending');
  });

  test('are all that the source is asked for', async () => {
    const { ask, described } = world();
    await ask([{ name: 'users' }, { name: 'orders' }]);
    expect(described).toEqual([]);
    await ask([{ name: 'users', columns: ['id'] }, { name: 'orders' }], 'twice');
    expect(described).toEqual([['users']]);
  });
});

test('L2 a request that is repeated says so, and one under another key does not', async () => {
  const { ask } = world();
  const first = await ask([{ name: 'users' }]);
  const again = await ask([{ name: 'users' }]);
  const other = await ask([{ name: 'users' }], 'twice');
  expect([first, again, other].map(({ isReplay }) => isReplay)).toEqual([false, true, false]);
  expect(again.record.id).toBe(first.record.id);
  expect(other.record.id).not.toBe(first.record.id);
});
