import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTenant, type TenantWish } from '../../../lib/core/tenants/create-tenant.ts';
import { createTenantOnce } from '../../../lib/core/tenants/create-tenant-once.ts';
import type { TenantStore } from '../../../lib/core/tenants/tenant.ts';
import { type Azurite, startAzurite } from '../../support/azurite.ts';
import { freshStores } from './fresh-stores.ts';

let azurite: Azurite;
beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(() => azurite.stop());

const masterKey = randomBytes(32).toString('base64');
let now = new Date('2026-05-01T10:00:00Z');

function make(tenants: TenantStore, wish: TenantWish) {
  const secrets = { get: async () => masterKey };
  return createTenant({ tenants, secrets, clock: () => now, region: 'local' }, wish);
}

describe('K3 two tenants and one sourceId', () => {
  test('the second is refused, told which one has it, and leaves nothing behind', async () => {
    const { tenants } = freshStores(azurite.connectionString);
    await make(tenants, { id: 'acme', name: 'Acme', sourceId: '7' });
    await expect(
      make(tenants, { id: 'other', name: 'Other', sourceId: '7' }),
    ).rejects.toMatchObject({
      code: 'already_exists',
      message: expect.stringContaining('"sharesSourceIdWith": "acme"'),
    });
    expect(await tenants.find('other')).toBeUndefined();
    expect((await tenants.list({ limit: 10 })).items.map(({ id }) => id)).toEqual(['acme']);
    await make(tenants, { id: 'other', name: 'Other', sourceId: '07' });
  });

  test('they may share it when the operator names the other', async () => {
    const { tenants } = freshStores(azurite.connectionString);
    await make(tenants, { id: 'acme', name: 'Acme', sourceId: 'a/b#c?' });
    const twin = { id: 'twin', name: 'Twin', sourceId: 'a/b#c?' };
    for (const sharesSourceIdWith of ['nobody', 'twin', '']) {
      await expect(make(tenants, { ...twin, sharesSourceIdWith })).rejects.toMatchObject({
        code: 'invalid_body',
        mistakes: [{ pointer: '/sharesSourceIdWith' }],
      });
    }
    expect(await make(tenants, { ...twin, sharesSourceIdWith: 'acme' })).toMatchObject({
      id: 'twin',
    });
  });

  test('of many who ask at once one gets it', async () => {
    const { tenants } = freshStores(azurite.connectionString);
    const made = await Promise.allSettled(
      Array.from({ length: 12 }, (_, index) =>
        make(tenants, { id: `t${index}`, name: 'T', sourceId: 'one' }),
      ),
    );
    expect(made.filter(({ status }) => status === 'fulfilled').length).toBe(1);
    expect((await tenants.list({ limit: 20 })).items.length).toBe(1);
  });

  test('a claim whose tenant never came is taken over, but not while it may still come', async () => {
    const { tenants } = freshStores(azurite.connectionString);
    await tenants.claimSourceId({ sourceId: '9', tenantId: 'lost', claimedAt: now });
    await expect(make(tenants, { id: 'next', name: 'N', sourceId: '9' })).rejects.toMatchObject({
      code: 'already_exists',
    });
    now = new Date(now.getTime() + 301_000);
    expect(await make(tenants, { id: 'next', name: 'N', sourceId: '9' })).toMatchObject({
      id: 'next',
    });
  });

  test('an id that is taken claims nothing', async () => {
    const { tenants } = freshStores(azurite.connectionString);
    await make(tenants, { id: 'acme', name: 'Acme', sourceId: '1' });
    await expect(make(tenants, { id: 'acme', name: 'Acme', sourceId: '2' })).rejects.toMatchObject({
      code: 'already_exists',
    });
    expect(await make(tenants, { id: 'other', name: 'Other', sourceId: '2' })).toMatchObject({
      sourceId: '2',
    });
  });
});

describe('an Idempotency-Key of the operator', () => {
  const once = async (stores: ReturnType<typeof freshStores>, wish: TenantWish, key = 'job-7') =>
    createTenantOnce(
      { ...stores, secrets: { get: async () => masterKey }, clock: () => now, region: 'local' },
      wish,
      key,
    );

  test('makes one tenant, and gives the same answer again', async () => {
    const stores = freshStores(azurite.connectionString);
    const first = await once(stores, { name: 'Acme', sourceId: '7' });
    expect(first.isReplay).toBe(false);
    const results = await Promise.all(
      [1, 2, 3].map(() => once(stores, { name: 'Acme', sourceId: '7' })),
    );
    expect(results).toEqual([1, 2, 3].map(() => ({ tenant: first.tenant, isReplay: true })));
    expect((await stores.tenants.list({ limit: 10 })).items.length).toBe(1);
    await expect(once(stores, { name: 'Another', sourceId: '8' })).rejects.toMatchObject({
      code: 'idempotency_key_reused',
    });
    const other = await once(stores, { name: 'Another', sourceId: '8' }, 'job-8');
    expect(other.tenant.id).not.toBe(first.tenant.id);
  });

  test('tells of a sourceId that another tenant has, and not of a repetition', async () => {
    const stores = freshStores(azurite.connectionString);
    await make(stores.tenants, { id: 'acme', name: 'Acme', sourceId: '7' });
    await expect(once(stores, { name: 'Other', sourceId: '7' })).rejects.toMatchObject({
      code: 'already_exists',
      message: expect.stringContaining('"sharesSourceIdWith": "acme"'),
    });
    await expect(once(stores, { id: 'acme', name: 'Acme' })).rejects.toMatchObject({
      code: 'already_exists',
    });
  });
});
