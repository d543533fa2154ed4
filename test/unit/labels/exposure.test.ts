import { describe, expect, test } from 'vitest';
import type { Catalog } from '../../../lib/core/catalog/catalog.ts';
import type { Sight } from '../../../lib/core/labels/caller.ts';
import { exposureOf, seesExposure } from '../../../lib/core/labels/exposure.ts';
import { ownerScopes, roleScopes } from '../../../lib/core/principal.ts';

const table = (name: string, labels: Readonly<Record<string, string>>, scope?: 'audit:read') => ({
  name,
  source: 'app',
  from: name,
  tenant: { column: 'tenant_id', rls: false, schema: false },
  key: [],
  labels,
  ...(scope === undefined ? {} : { scope }),
});

const catalog: Catalog = {
  sources: {},
  tables: [
    table('orders', { system: 'shop', team: 'sales' }),
    table('carts', { team: 'sales', system: 'shop' }),
    table('tickets', { system: 'desk' }),
    table('log', {}, 'audit:read'),
  ],
  excluded: [],
};
const of = (...names: readonly string[]) =>
  exposureOf({ tables: names.map((name) => ({ name })) }, catalog);

describe('K11 the exposure of an export', () => {
  test('is the same for tables of the same labels, in any number and order', () => {
    expect(of('orders').id).toBe(of('carts', 'orders', 'carts').id);
    expect(of('orders', 'tickets').id).toBe(of('tickets', 'carts').id);
    expect(
      new Set([of('orders'), of('tickets'), of('log'), of('gone')].map(({ id }) => id)).size,
    ).toBe(4);
  });

  test('is seen by whoever sees all of its tables', () => {
    const shop = { scopes: ownerScopes, labels: { system: ['shop'] } };
    const both = { scopes: ownerScopes, labels: { system: ['shop', 'desk'] } };
    const analyst = { scopes: roleScopes.analyst };
    const cases = [of('orders'), of('orders', 'tickets'), of('log'), of('gone')];
    const seenBy = (sight: Sight) => cases.map((exposure) => seesExposure(sight, exposure));
    expect(seenBy(shop)).toEqual([true, false, false, false]);
    expect(seenBy(both)).toEqual([true, true, false, false]);
    expect(seenBy(analyst)).toEqual([true, true, false, true]);
    expect(seenBy({ scopes: ownerScopes })).toEqual([true, true, true, true]);
  });
});
