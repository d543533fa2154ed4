import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Azurite, startAzurite } from '../../support/azurite.ts';
import { freshStores, newPrefix, times } from './fresh-stores.ts';
import { at, exportOf } from './samples.ts';

let azurite: Azurite;
beforeEach(async () => {
  azurite = await startAzurite();
});
afterEach(() => azurite.stop());

describe('an outage of the storage', () => {
  test('a ping fails within six seconds and says why, and works again afterwards', async () => {
    const stores = freshStores(azurite.connectionString);
    await stores.ping();
    await azurite.pause();
    const startedMs = performance.now();
    await expect(stores.ping()).rejects.toMatchObject({
      code: 'storage_unavailable',
      internal: expect.stringContaining('ping in table'),
    });
    expect(performance.now() - startedMs).toBeLessThan(6_000);
    await azurite.resume();
    await stores.ping();
  });

  test('calls that run while the storage restarts are finished, and nothing is lost', async () => {
    const { exports, parts } = freshStores(azurite.connectionString);
    const before = exportOf();
    await exports.insert(before);
    await azurite.pause();
    const records = Array.from({ length: 20 }, (_, index) => exportOf({ requestedAt: at(index) }));
    const writes = Promise.all(records.map((record) => exports.insert(record)));
    const read = exports.find('acme', before.id);
    const firstUse = parts.list('e1');
    await azurite.resume();
    expect(await writes).toEqual(Array(20).fill(true));
    expect((await read)?.value).toEqual(before);
    expect(await firstUse).toEqual([]);
    const { items } = await exports.list('acme', {}, { limit: 200 });
    expect(items).toHaveLength(21);
  });

  test('a storage that does not come back gives storage_unavailable, without any link or key', async () => {
    const { exports } = freshStores(azurite.connectionString);
    await azurite.pause();
    const error: unknown = await exports.find('acme', 'x').catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'storage_unavailable',
      message: 'The storage does not answer.',
      internal: expect.stringMatching(/^find in table \w+exports: ECONNREFUSED, status none$/),
    });
  });

  test('tables that vanish while the process runs are made anew', async () => {
    await using forgetful = await startAzurite({ inMemory: true });
    const { exports } = freshStores(forgetful.connectionString);
    const record = exportOf();
    await exports.insert(record);
    await forgetful.restart();
    expect(await exports.find('acme', record.id)).toBeUndefined();
    expect(await exports.insert(record)).toBe(true);
    await forgetful.restart();
    expect(await exports.list('acme', {}, { limit: 5 })).toEqual({ items: [] });
  });

  test('two processes that use a new table at the same moment both can', async () => {
    const prefix = newPrefix();
    const made = await times(10, 10, (index) =>
      freshStores(azurite.connectionString, prefix).exports.insert(
        exportOf({ requestedAt: at(index) }),
      ),
    );
    expect(made).toEqual(Array(10).fill(true));
  });
});
