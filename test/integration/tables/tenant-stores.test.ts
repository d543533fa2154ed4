import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { randomId } from '../../../lib/core/ids.ts';
import { newDataKey, wrapDataKey } from '../../../lib/core/sealing/data-key.ts';
import { createSealer } from '../../../lib/core/sealing/sealer.ts';
import type { SecretStore } from '../../../lib/core/secrets.ts';
import { type Azurite, startAzurite } from '../../support/azurite.ts';
import { freshStores, times } from './fresh-stores.ts';
import { at, awkwardText, deliveryOf, endpointOf, linkOf, receiptOf, tenantOf } from './samples.ts';

let azurite: Azurite;
beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(() => azurite.stop());
const stores = () => freshStores(azurite.connectionString);

describe('tenants', () => {
  test('come back whole, are inserted once and change only from the version read', async () => {
    const { tenants } = stores();
    const tenant = tenantOf('acme', { contact: awkwardText });
    expect(await tenants.insert(tenant)).toBe(true);
    expect(await tenants.insert(tenantOf('acme'))).toBe(false);
    const found = await tenants.find('acme');
    expect(found?.value).toEqual(tenant);
    const { contact, ...without } = tenant;
    await tenants.update(without, found?.etag ?? '');
    await expect(tenants.update(tenant, found?.etag ?? '')).rejects.toMatchObject({
      code: 'changed_meanwhile',
    });
    expect((await tenants.find('acme'))?.value).toEqual(without);
    expect(await tenants.find('acm')).toBeUndefined();
  });

  test('are listed by id, page by page', async () => {
    const { tenants } = stores();
    for (const id of ['c', 'a-1', 'b', 'a', '9']) await tenants.insert(tenantOf(id));
    const first = await tenants.list({ limit: 3 });
    const cursor = first.nextCursor ?? '';
    const second = await tenants.list({ limit: 3, cursor });
    const ids = [...first.items, ...second.items].map(({ id }) => id);
    expect(ids).toEqual(['9', 'a', 'a-1', 'b', 'c']);
    expect(second.nextCursor).toBeUndefined();
  });
});

describe('sealed secrets', () => {
  test('open from the stored row, and for their own tenant alone', async () => {
    const { tenants, endpoints } = stores();
    const masterKey = randomBytes(32).toString('base64');
    const secrets: SecretStore = { get: async () => masterKey };
    for (const id of ['acme', 'other']) {
      const wrappedDataKey = wrapDataKey(masterKey, id, newDataKey());
      await tenants.insert(tenantOf(id, { wrappedDataKey }));
    }
    const sealer = createSealer({ secrets, tenants });
    const sealed = await sealer.sealFor('acme', 'ep1', 'signingSecret', 'whsec_canary');
    await endpoints.insert(endpointOf('ep1', { sealedSigningSecret: sealed }));
    const stored = (await endpoints.find('acme', 'ep1'))?.value.sealedSigningSecret ?? '';
    expect(await sealer.openFor('acme', 'ep1', 'signingSecret', stored)).toBe('whsec_canary');
    await expect(sealer.openFor('other', 'ep1', 'signingSecret', stored)).rejects.toMatchObject({
      code: 'internal_error',
    });
  });
});

describe('links', () => {
  test('are listed newest first, page by page, whatever their ids look like', async () => {
    const { links } = stores();
    const all = [
      linkOf('aaa', { createdAt: at(3_000), callerAddress: '192.0.2.1', ip: '192.0.2.0' }),
      linkOf('zzz', { createdAt: at(2_000), kind: 'export' }),
      linkOf('mmm', { createdAt: at(1_000), fileCount: 0, names: [] }),
    ];
    for (const link of [all[1], all[0], all[2], all[0]]) if (link) await links.insert(link);
    await links.insert(linkOf('x', { exportId: 'e2' }));
    const first = await links.list('e1', { limit: 2 });
    const cursor = first.nextCursor ?? '';
    const second = await links.list('e1', { limit: 2, cursor });
    expect([first.items, second]).toEqual([all.slice(0, 2), { items: all.slice(2) }]);
  });

  test('keep the names of 10,000 files in a row that stays far below a megabyte', async () => {
    const { links } = stores();
    // As unlike each other as names can be that fit into one request.
    const names = Array.from({ length: 10_000 }, () => `${randomId(13)}-00001.csv.gz`);
    await links.insert(linkOf('l', { names, fileCount: names.length }));
    await links.insert(linkOf('m', { createdAt: at(1_000) }));
    const { items } = await links.list('e1', { limit: 1 }, 'l');
    expect(items).toEqual([linkOf('l', { names, fileCount: names.length })]);
    expect(await links.list('e1', { limit: 5 }, 'none')).toEqual({ items: [] });
  });
});

describe('webhook endpoints', () => {
  test('come back whole, change only from the version read, and are removed once', async () => {
    const { endpoints } = stores();
    const full = endpointOf('ep1', {
      auth: { kind: 'basic', username: awkwardText },
      sealedAuthSecret: 'AQI',
      disabledAt: at(1),
      disabledReason: 'failing',
      failingSince: at(2),
    });
    await endpoints.insert(full);
    await endpoints.insert(endpointOf('ep2'));
    await endpoints.insert(endpointOf('ep1', { tenantId: 'other' }));
    await expect(endpoints.insert(endpointOf('ep1'))).rejects.toMatchObject({
      code: 'already_exists',
    });
    expect(await endpoints.list('acme')).toEqual([full, endpointOf('ep2')]);
    const { etag = '' } = (await endpoints.find('acme', 'ep1')) ?? {};
    await endpoints.update(endpointOf('ep1'), etag);
    await expect(endpoints.update(full, etag)).rejects.toMatchObject({
      code: 'changed_meanwhile',
    });
    expect((await endpoints.find('acme', 'ep1'))?.value).toEqual(endpointOf('ep1'));
    expect(await endpoints.remove('acme', 'ep1')).toBe(true);
    expect(await endpoints.remove('acme', 'ep1')).toBe(false);
    expect(await endpoints.list('acme')).toEqual([endpointOf('ep2')]);
    expect(await endpoints.find('other', 'ep1')).toBeDefined();
  });
});

describe('deliveries', () => {
  test('come back whole with every attempt, and announcing twice finds the first', async () => {
    const { deliveries } = stores();
    const delivery = deliveryOf('d1', { body: awkwardText.repeat(400) });
    expect(await deliveries.insert(delivery)).toBe(true);
    expect(await deliveries.insert(deliveryOf('d1'))).toBe(false);
    const { value, etag = '' } = (await deliveries.find('acme', 'd1')) ?? {};
    expect(value).toEqual(delivery);
    const tried = {
      ...delivery,
      status: 'failed' as const,
      nextAttemptAt: at(9),
      attempts: [
        { at: at(1), durationMs: 12.5, status: 500, error: 'http_status' as const },
        { at: at(2), durationMs: 15_000, error: 'timeout' as const },
      ],
    };
    await deliveries.update(tried, etag);
    await expect(deliveries.update(delivery, etag)).rejects.toMatchObject({
      code: 'changed_meanwhile',
    });
    expect((await deliveries.find('acme', 'd1'))?.value).toEqual(tried);
    expect(await deliveries.find('other', 'd1')).toBeUndefined();
  });

  test('of 20 announcements at the same moment one makes the row', async () => {
    const { deliveries } = stores();
    const made = await times(20, 20, () => deliveries.insert(deliveryOf('d1')));
    expect(made.filter(Boolean)).toHaveLength(1);
  });
});

describe('receipts', () => {
  test('are kept once: the first one stays', async () => {
    const { receipts } = stores();
    const first = receiptOf('e1', { reason: 'request', requestedBy: awkwardText });
    await receipts.insert(first);
    await receipts.insert(receiptOf('e1'));
    await receipts.insert(receiptOf('e2'));
    expect(await receipts.find('acme', 'e1')).toEqual(first);
    expect(await receipts.find('acme', 'e2')).toEqual(receiptOf('e2'));
    expect(await receipts.find('other', 'e1')).toBeUndefined();
  });
});
