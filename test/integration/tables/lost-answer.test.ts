import { afterAll, beforeAll, describe, test } from 'vitest';
import { type Azurite, startAzurite } from '../../support/azurite.ts';
import { freshStores } from './fresh-stores.ts';
import { startLossyProxy } from './lossy-proxy.ts';
import { at, deliveryOf, endpointOf, exportOf, tableOf } from './samples.ts';

let azurite: Azurite;
beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(() => azurite.stop());

// Each waits for the SDK's retries; together they wait once.
describe.concurrent('a write whose answer is lost and which is repeated', () => {
  test('was made: an export is inserted and changed once', async ({ expect }) => {
    await using proxy = await startLossyProxy(azurite.ports.table);
    const { exports } = lossyStores(proxy.url);
    const record = exportOf();
    await exports.find('acme', 'x');
    proxy.loseNextAnswer('POST');
    expect(await exports.insert(record)).toBe(true);
    const { etag = '' } = (await exports.find('acme', record.id)) ?? {};
    proxy.loseNextAnswer('PUT');
    await exports.update({ ...record, status: 'processing' }, etag);
    expect((await exports.find('acme', record.id))?.value.status).toBe('processing');
    expect(proxy.lost()).toBe(2);
  });

  test('was made: a table row gives the etag of the change', async ({ expect }) => {
    await using proxy = await startLossyProxy(azurite.ports.table);
    const { tables } = lossyStores(proxy.url);
    await tables.find('e1', 0);
    proxy.loseNextAnswer('POST');
    await tables.insertMissing('e1', [tableOf()]);
    const { etag = '' } = (await tables.find('e1', 0)) ?? {};
    proxy.loseNextAnswer('PUT');
    const etagAfter = await tables.update(tableOf({ rows: 1 }), etag);
    expect(await tables.find('e1', 0)).toEqual({ value: tableOf({ rows: 1 }), etag: etagAfter });
    expect(proxy.lost()).toBe(2);
  });

  test('was made: a claim is held by the one who made it, new or in place of a stale one', async ({
    expect,
  }) => {
    await using proxy = await startLossyProxy(azurite.ports.table);
    const { idempotency } = lossyStores(proxy.url);
    const claim = { madeId: 'first', requestHash: 'h', claimedAt: at(0) };
    await idempotency.claim('acme', 'warm-up', claim, at(-1));
    proxy.loseNextAnswer('POST');
    expect(await idempotency.claim('acme', 'k', claim, at(-1))).toEqual(claim);
    proxy.loseNextAnswer('PUT');
    const later = { ...claim, madeId: 'later', claimedAt: at(10) };
    expect(await idempotency.claim('acme', 'k', later, at(1))).toEqual(later);
    expect(proxy.lost()).toBe(2);
  });

  test('was made: a delivery is new, an endpoint is there, and its removal has removed', async ({
    expect,
  }) => {
    await using proxy = await startLossyProxy(azurite.ports.table);
    const { deliveries, endpoints } = lossyStores(proxy.url);
    await deliveries.find('acme', 'x');
    await endpoints.find('acme', 'x');
    proxy.loseNextAnswer('POST');
    expect(await deliveries.insert(deliveryOf('d1'))).toBe(true);
    proxy.loseNextAnswer('POST');
    await endpoints.insert(endpointOf('ep1'));
    proxy.loseNextAnswer('DELETE');
    expect(await endpoints.remove('acme', 'ep1')).toBe(true);
    expect(await endpoints.remove('acme', 'ep1')).toBe(false);
    expect(proxy.lost()).toBe(3);
  });

  test("still loses against somebody else's write", async ({ expect }) => {
    await using proxy = await startLossyProxy(azurite.ports.table);
    const { exports } = lossyStores(proxy.url);
    const record = exportOf();
    expect(await exports.insert(record)).toBe(true);
    const { etag = '' } = (await exports.find('acme', record.id)) ?? {};
    await exports.update({ ...record, attempt: 2 }, etag);
    proxy.loseNextAnswer('POST');
    expect(await exports.insert(record)).toBe(false);
    proxy.loseNextAnswer('PUT');
    await expect(exports.update({ ...record, attempt: 3 }, etag)).rejects.toMatchObject({
      code: 'changed_meanwhile',
    });
    expect((await exports.find('acme', record.id))?.value.attempt).toBe(2);
    expect(proxy.lost()).toBe(2);
  });
});

function lossyStores(proxyUrl: string) {
  return freshStores(azurite.connectionString.replace(azurite.tableUrl, proxyUrl));
}
