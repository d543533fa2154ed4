import { createHmac } from 'node:crypto';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { randomBase62 } from '../../../lib/core/keys/base62.ts';
import { formatKey } from '../../../lib/core/keys/key-format.ts';
import { keyWorld, operator } from './key-world.ts';

vi.mock(import('node:crypto'), async (importOriginal) => {
  const original = await importOriginal();
  return { ...original, createHmac: vi.fn(original.createHmac) };
});
afterEach(() => vi.clearAllMocks());

const north = { region: 'northeurope', url: 'https://north.example.com' };
const otherStamps = { neu: north };
const secret = randomBase62(43);
const wish = { tenantId: 'acme', name: 'nightly pull' };

const elsewhere = {
  code: 'wrong_region',
  message:
    'Keys like this one are served in the region northeurope. Use https://north.example.com.',
};
const refusal = { code: 'unauthenticated' };

describe('a key of another stamp', () => {
  test('K4 is told the region and the address of its stamp, and nothing is looked up or hashed', async () => {
    const { service, keys, tenants } = keyWorld({ otherStamps });
    const { record } = await service.create(operator, wish);
    const find = vi.spyOn(keys, 'find');
    const readsBefore = tenants.counter.reads;
    vi.clearAllMocks();
    for (const id of [record.id, '0'.repeat(12)]) {
      const key = formatKey({ environment: 'neu', id, secret });
      await expect(service.authenticate(key)).rejects.toMatchObject({
        ...elsewhere,
        internal: 'Refused: the key belongs to the stamp neu in northeurope.',
      });
    }
    expect(find).not.toHaveBeenCalled();
    expect(createHmac).not.toHaveBeenCalled();
    expect(tenants.counter.reads).toBe(readsBefore);
  });

  test('K4 S13 of a stamp that nobody named is as unknown as any', async () => {
    const { service } = keyWorld({ otherStamps });
    for (const environment of ['fra', 'constructor', 'neu2']) {
      const key = formatKey({ environment, id: '0'.repeat(12), secret });
      await expect(service.authenticate(key)).rejects.toMatchObject(refusal);
    }
  });

  test('K4 S13 with a wrong checksum is no key of anybody', async () => {
    const { service } = keyWorld({ otherStamps });
    const key = formatKey({ environment: 'neu', id: '0'.repeat(12), secret });
    await expect(service.authenticate(`${key.slice(0, -6)}000000`)).rejects.toMatchObject(refusal);
  });
});

describe('a tenant of another region whose rows are here', () => {
  /** A tenant with a key whose row then says that it belongs elsewhere, as a copied one would. */
  async function copied(region: string) {
    const world = keyWorld({ otherStamps });
    const made = await world.service.create(operator, wish);
    const tenant = world.tenants.rows.get('acme');
    if (tenant === undefined) throw new Error('There is no tenant.');
    world.tenants.rows.set('acme', { ...tenant, region });
    return { ...world, ...made };
  }

  test.each([
    ['northeurope', 'Use https://north.example.com.'],
    ['eastus', 'Ask your vendor for its address.'],
  ])('K4 gets nothing for its good key but the region %s: %s', async (region, address) => {
    const { service, key, uses, pass } = await copied(region);
    pass(60_000);
    await expect(service.authenticate(key)).rejects.toMatchObject({
      code: 'wrong_region',
      message: `This tenant belongs to the region ${region}. ${address}`,
      internal: `Refused: the tenant acme belongs to the region ${region}.`,
    });
    await service.settled();
    expect(uses).toEqual(new Map());
  });

  test('K4 S13 a wrong, revoked or expired key of it learns nothing of the region', async () => {
    const { service, key, record, change, setNow } = await copied('northeurope');
    const wrong = formatKey({ environment: 'live', id: record.id, secret });
    await expect(service.authenticate(wrong)).rejects.toMatchObject(refusal);
    setNow(record.expiresAt);
    await expect(service.authenticate(key)).rejects.toMatchObject(refusal);
    setNow(record.createdAt);
    change(record.id, { revokedAt: record.createdAt });
    await expect(service.authenticate(key)).rejects.toMatchObject(refusal);
  });

  test('K4 gets no new key from the operator', async () => {
    const { service, rows } = await copied('northeurope');
    await expect(service.create(operator, wish)).rejects.toMatchObject({
      code: 'wrong_region',
      message: 'This tenant belongs to the region northeurope. Use https://north.example.com.',
    });
    expect(rows.size).toBe(1);
  });
});
