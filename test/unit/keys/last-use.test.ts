import { describe, expect, test, vi } from 'vitest';
import { SluiceError } from '../../../lib/core/errors.ts';
import { keyWorld, minuteMs, operator, owner, started } from './key-world.ts';

const wish = { tenantId: 'acme', name: 'k' } as const;

async function usedWorld() {
  const world = keyWorld();
  return { ...world, ...(await world.service.create(operator, wish)) };
}

describe('the last use of a key', () => {
  test('is known by the minute and by the network', async () => {
    const { service, key, uses, record, pass } = await usedWorld();
    pass(12_345);
    await service.authenticate(key, '203.0.113.77');
    await service.settled();
    expect(uses.get(record.id)).toEqual({ at: started, addressPrefix: '203.0.113.0/24' });
    pass(minuteMs);
    await service.authenticate(key, '2001:db8:1:2::3');
    await service.settled();
    expect(uses.get(record.id)).toEqual({
      at: new Date(started.getTime() + minuteMs),
      addressPrefix: '2001:db8:1::/48',
    });
  });

  test('is never before the key was made, also within the minute of its making', async () => {
    const { service, uses, pass } = keyWorld();
    pass(34_567);
    const { key, record } = await service.create(operator, wish);
    await service.authenticate(key);
    await service.settled();
    expect(uses.get(record.id)?.at).toEqual(record.createdAt);
    pass(minuteMs);
    await service.authenticate(key);
    await service.settled();
    expect(uses.get(record.id)?.at).toEqual(new Date(started.getTime() + minuteMs));
  });

  test('costs one write a minute, however busy the key is', async () => {
    const { service, key, keys, pass } = await usedWorld();
    const noteUse = vi.spyOn(keys, 'noteUse');
    for (let call = 0; call < 100; call++) await service.authenticate(key);
    expect(noteUse).toHaveBeenCalledTimes(1);
    pass(minuteMs);
    await Promise.all(Array.from({ length: 50 }, () => service.authenticate(key)));
    expect(noteUse).toHaveBeenCalledTimes(2);
  });

  test('never delays and never fails a request', async () => {
    const { service, key, keys, logs } = await usedWorld();
    const { promise, reject } = Promise.withResolvers<undefined>();
    vi.spyOn(keys, 'noteUse').mockReturnValueOnce(promise);
    await expect(service.authenticate(key)).resolves.toMatchObject({ kind: 'key' });
    reject(new SluiceError('storage_unavailable'));
    await service.settled();
    expect(logs.map(({ message }) => message)).toEqual(['the use of a key could not be noted']);
  });

  test('a refused key leaves no trace of use', async () => {
    const { service, key, record, uses } = await usedWorld();
    await service.revoke(owner, record.id);
    await expect(service.authenticate(key)).rejects.toMatchObject({ code: 'unauthenticated' });
    await service.settled();
    expect(uses.size).toBe(0);
  });

  test('from another network than last time stands in the log, without the address', async () => {
    const { service, key, logs, pass, record } = await usedWorld();
    for (const address of ['203.0.113.1', '203.0.113.99', '198.51.100.8']) {
      await service.authenticate(key, address);
      await service.settled();
      pass(minuteMs);
    }
    expect(logs).toEqual([
      {
        level: 'info',
        message: 'key used from another network than last time',
        fields: {
          tenantId: 'acme',
          keyId: record.id,
          addressPrefix: '198.51.100.0/24',
          lastAddressPrefix: '203.0.113.0/24',
        },
      },
    ]);
  });
});
