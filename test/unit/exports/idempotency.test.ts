import { describe, expect, test } from 'vitest';
import type { Catalog } from '../../../lib/core/catalog/catalog.ts';
import type { ExportRecord } from '../../../lib/core/exports/export-record.ts';
import { createRequestExport } from '../../../lib/core/exports/request-export.ts';
import type { Claim } from '../../../lib/core/exports/stores.ts';
import { ownerScopes, type TenantPrincipal } from '../../../lib/core/principal.ts';
import { notingLog } from '../../support/noting-log.ts';
import { notingStarter } from '../../support/workshop.ts';

const catalog: Catalog = {
  sources: { app: { kind: 'sqlite', file: 'none', parallelTables: 1 } },
  tables: [
    {
      name: 'orders',
      source: 'app',
      from: 'orders',
      tenant: { column: 'tenant_id', rls: false, schema: false },
      key: ['id'],
      labels: { system: 'shop' },
    },
  ],
  excluded: [],
};

const acting = { tenantId: 'acme', scopes: ownerScopes };
const nightly: TenantPrincipal = { ...acting, kind: 'key', keyId: 'nightly' };
const limited: TenantPrincipal = { ...nightly, labels: { system: ['shop'] } };
const person: TenantPrincipal = { ...acting, kind: 'user', userId: 'nightly', role: 'owner' };

/** Asks for the same export, with the same body, as these. */
function requester() {
  const rows = new Map<string, ExportRecord>();
  const claims = new Map<string, Claim>();
  const request = createRequestExport({
    catalog,
    tenants: { find: async () => undefined },
    describeTables: async () => [],
    exports: {
      insert: async (record) => rows.size < rows.set(record.id, record).size,
      find: async (_, id) => {
        const value = rows.get(id);
        return value && { value, etag: '1' };
      },
      update: async () => {},
      list: async () => ({ items: [] }),
    },
    exposures: { remember: async () => {} },
    due: { markRunning: async () => {} },
    idempotency: {
      async claim(tenantId, keyHash, claim) {
        const held = claims.get(tenantId + keyHash) ?? claim;
        claims.set(tenantId + keyHash, held);
        return held;
      },
    },
    clock: () => new Date('2026-03-01T10:00:00Z'),
    log: notingLog(),
  });
  return async (principal: TenantPrincipal, idempotencyKey: string) => {
    const order = { principal, wish: { tables: 'all' as const }, idempotencyKey };
    return (await request(order, notingStarter().starter)).record.id;
  };
}

describe('one Idempotency-Key', () => {
  test('stands for one export of one principal', async () => {
    const ask = requester();
    expect(await ask(nightly, 'k')).toBe(await ask(nightly, 'k'));
  });

  test('of another principal of the tenant is another export', async () => {
    const ask = requester();
    const other: TenantPrincipal = { ...nightly, keyId: 'hourly' };
    const ids = [await ask(nightly, 'k'), await ask(other, 'k'), await ask(person, 'k')];
    expect(new Set(ids).size).toBe(3);
  });

  test('can not be written so that it meets that of a caller with labels', async () => {
    const ask = requester();
    const labels = JSON.stringify(limited.labels);
    const texts = ['k', `[${labels},"k"]`, `["key:nightly",${labels},"k"]`];
    const ids = [await ask(limited, 'k')];
    for (const text of texts) ids.push(await ask(nightly, text));
    expect(new Set(ids).size).toBe(4);
  });
});
