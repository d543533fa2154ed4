import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { randomBase62 } from '../../../lib/core/keys/base62.ts';
import { formatKey } from '../../../lib/core/keys/key-format.ts';
import { hashesMatch } from '../../../lib/core/keys/key-hash.ts';
import type { KeyWish } from '../../../lib/core/keys/new-key.ts';
import { pepperOf } from '../../../lib/core/keys/peppers.ts';
import { keyWorld, minuteMs, operator, owner, started } from './key-world.ts';

vi.mock(import('node:crypto'), async (importOriginal) => {
  const original = await importOriginal();
  return {
    ...original,
    timingSafeEqual: vi.fn(original.timingSafeEqual),
    createHmac: vi.fn(original.createHmac),
  };
});

const wish: KeyWish = {
  tenantId: 'acme',
  name: 'nightly pull',
  scopes: ['exports:run', 'links:create'],
};
const refusal = {
  code: 'unauthenticated',
  message: 'The key is not valid here. Check it, or ask for a new one.',
};

afterEach(() => vi.clearAllMocks());

describe('creating a key', () => {
  test('keeps a keyed hash and never the key, and names its owner, scopes and life', async () => {
    const { service, rows, secrets } = keyWorld();
    const pepper = secrets.values['sluice-key-pepper'] ?? '';
    const { key, record } = await service.create(operator, wish);
    const [, , id = '', rest = ''] = key.split('_');
    const secret = rest.slice(0, 43);
    expect(record).toEqual({
      id,
      tenantId: 'acme',
      name: 'nightly pull',
      secretHash: createHmac('sha256', Buffer.from(pepper, 'base64')).update(secret).digest('hex'),
      pepperVersion: expect.stringMatching(/^[0-9a-f]{16}$/),
      scopes: ['exports:run', 'links:create'],
      createdBy: 'operator',
      lifeDays: 90,
      createdAt: started,
      expiresAt: new Date('2026-05-30T10:00:00.000Z'),
    });
    const stored = JSON.stringify([...rows.values()]);
    expect(stored).toContain(record.secretHash);
    expect(stored).not.toContain(secret);
    for (const text of [secret, key]) {
      expect(stored).not.toContain(createHash('sha256').update(text).digest('hex'));
    }
  });

  test('L8 a key lives 90 days unless asked otherwise, and at most 365', async () => {
    const { service } = keyWorld();
    const daysOf = async (expiresInDays: number) => {
      const { record } = await service.create(operator, { ...wish, expiresInDays });
      return (record.expiresAt.getTime() - record.createdAt.getTime()) / 86_400_000;
    };
    expect(await daysOf(1)).toBe(1);
    expect(await daysOf(365)).toBe(365);
    for (const days of [0, -1, 366, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      await expect(daysOf(days)).rejects.toMatchObject({
        code: 'invalid_body',
        mistakes: [{ pointer: '/expiresInDays', message: 'A whole number of days from 1 to 365.' }],
      });
    }
  });

  test("a tenant's key never gets the operator's scope, and never none", async () => {
    const { service } = keyWorld();
    for (const scopes of [['operator'], ['exports:run', 'operator'], []] as const) {
      await expect(service.create(operator, { ...wish, scopes })).rejects.toMatchObject({
        code: 'invalid_body',
        mistakes: [{ pointer: '/scopes' }],
      });
    }
  });

  test('an unknown tenant gets no key', async () => {
    const { service, rows } = keyWorld();
    await expect(service.create(operator, { ...wish, tenantId: 'nobody' })).rejects.toMatchObject({
      code: 'not_found',
    });
    expect(rows.size).toBe(0);
  });

  test('an id that is taken is not overwritten', async () => {
    const { service, keys, rows } = keyWorld();
    vi.spyOn(keys, 'insert').mockResolvedValueOnce(false);
    await expect(service.create(operator, wish)).rejects.toMatchObject({ code: 'already_exists' });
    expect(rows.size).toBe(0);
  });

  test('the same wish with the same Idempotency-Key makes one key, for each maker', async () => {
    const { service, rows, pass } = keyWorld();
    const once = { ...wish, idempotencyKey: 'job-7' };
    const { record } = await service.create(operator, once);
    await expect(service.create(operator, once)).rejects.toMatchObject({
      code: 'already_created',
      createdId: record.id,
    });
    await expect(service.create(operator, { ...once, name: 'other' })).rejects.toMatchObject({
      code: 'idempotency_key_reused',
    });
    await expect(service.create(operator, { ...once, expiresInDays: 7 })).rejects.toMatchObject({
      code: 'idempotency_key_reused',
    });
    expect(rows.size).toBe(1);
    await service.create(owner, once);
    pass(25 * 60 * minuteMs);
    await service.create(operator, once);
    expect(rows.size).toBe(3);
  });

  test('a creation that died is made good under the same Idempotency-Key, once', async () => {
    const { service, keys, rows } = keyWorld();
    const once = { ...wish, idempotencyKey: 'job-8' };
    vi.spyOn(keys, 'insert').mockRejectedValueOnce(new Error('the process dies here'));
    await expect(service.create(operator, once)).rejects.toThrow('dies here');
    const results = await Promise.allSettled([1, 2, 3].map(() => service.create(operator, once)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(rows.size).toBe(1);
  });

  test('an ill-formed environment is refused at once', () => {
    expect(() => keyWorld({ environment: 'Live!' })).toThrow(TypeError);
  });
});

describe('authenticating', () => {
  test('a live key tells its tenant, id and scopes, as copies', async () => {
    const { service, rows } = keyWorld();
    const { key, record } = await service.create(operator, wish);
    const principal = await service.authenticate(key);
    expect(principal).toEqual({
      kind: 'key',
      tenantId: 'acme',
      keyId: record.id,
      scopes: ['exports:run', 'links:create'],
    });
    expect(principal.scopes).not.toBe(rows.get(record.id)?.value.scopes);
  });

  test('S13 unknown, wrong, expired, revoked, foreign, far-off and orphaned keys get one and the same answer', async () => {
    const { service, change, tenants, setNow } = keyWorld();
    const live = await service.create(operator, { ...wish, expiresInDays: 1 });
    const revoked = await service.create(operator, wish);
    change(revoked.record.id, { revokedAt: started });
    const orphan = await service.create(operator, wish);
    change(orphan.record.id, { tenantId: 'gone' });
    tenants.rows.delete('gone');
    const bound = await service.create(operator, { ...wish, allowedAddresses: ['192.0.2.0/24'] });
    const secret = randomBase62(43);
    const id = live.record.id;
    setNow(live.record.expiresAt);
    const cases = {
      'it is not a key, or its checksum is wrong': `${live.key.slice(0, -1)}_`,
      'the key belongs to another environment': formatKey({ environment: 'test', id, secret }),
      'the key 000000000000 is unknown': formatKey({
        environment: 'live',
        id: '0'.repeat(12),
        secret,
      }),
      [`the secret of the key ${id} is wrong`]: formatKey({ environment: 'live', id, secret }),
      [`the key ${id} has expired`]: live.key,
      [`the key ${revoked.record.id} is revoked`]: revoked.key,
      [`the key ${bound.record.id} is not allowed from this address`]: bound.key,
      [`the tenant of the key ${orphan.record.id} is gone`]: orphan.key,
    };
    for (const [reason, key] of Object.entries(cases)) {
      await expect(service.authenticate(key, '192.0.3.1')).rejects.toMatchObject({
        ...refusal,
        internal: `Refused: ${reason}.`,
        mistakes: [],
        retryAfterSeconds: undefined,
      });
    }
  });

  test('a key is good until the very millisecond of its end', async () => {
    const { service, setNow } = keyWorld();
    const { key, record } = await service.create(operator, wish);
    setNow(new Date(record.expiresAt.getTime() - 1));
    await expect(service.authenticate(key)).resolves.toMatchObject({ keyId: record.id });
    setNow(record.expiresAt);
    await expect(service.authenticate(key)).rejects.toMatchObject(refusal);
  });

  test('a wrong checksum or environment never reaches the storage', async () => {
    const { service, keys } = keyWorld();
    const { key, record } = await service.create(operator, wish);
    const find = vi.spyOn(keys, 'find');
    const foreign = formatKey({ environment: 'test', id: record.id, secret: randomBase62(43) });
    for (const text of [`${key}x`, key.slice(1), 'hello', foreign]) {
      await expect(service.authenticate(text)).rejects.toMatchObject(refusal);
    }
    expect(find).not.toHaveBeenCalled();
  });

  test('S10 an unknown key costs the same work as a wrong one, compared by timingSafeEqual', async () => {
    const { service } = keyWorld();
    const { record } = await service.create(operator, wish);
    const workOf = async (id: string) => {
      vi.clearAllMocks();
      const key = formatKey({ environment: 'live', id, secret: randomBase62(43) });
      await expect(service.authenticate(key)).rejects.toMatchObject(refusal);
      const compared = vi.mocked(timingSafeEqual).mock.calls;
      const lengths = compared.map(([left, right]) => [left.byteLength, right.byteLength]);
      return { hashes: vi.mocked(createHmac).mock.calls.length, lengths };
    };
    const expected = { hashes: 1, lengths: [[64, 64]] };
    expect(await workOf(record.id)).toEqual(expected);
    expect(await workOf('0'.repeat(12))).toEqual(expected);
  });

  test('a refusal never tells the secret', async () => {
    const { service } = keyWorld();
    const { record } = await service.create(operator, wish);
    const secret = randomBase62(43);
    const key = formatKey({ environment: 'live', id: record.id, secret });
    const error: unknown = await service.authenticate(key).catch((thrown: unknown) => thrown);
    expect(JSON.stringify([String(error), Object.values(Object(error))])).not.toContain(secret);
  });
});

describe('hashes', () => {
  test('match only when equal, at any length', () => {
    expect(hashesMatch('abc', 'abc')).toBe(true);
    expect(hashesMatch('abc', 'abd')).toBe(false);
    expect(hashesMatch('abc', 'ab')).toBe(false);
  });

  test('an ill-formed pepper is refused by name', () => {
    expect(() => pepperOf('sluice-key-pepper', 'short')).toThrow(
      expect.objectContaining({
        code: 'secret_unavailable',
        internal: 'The secret sluice-key-pepper must be 32 random bytes as base64.',
      }),
    );
  });
});

describe('revoking', () => {
  test('S11 ends a key at once for every process, and doing it again changes nothing', async () => {
    const world = keyWorld();
    const { key, record } = await world.service.create(operator, wish);
    const other = world.another();
    await expect(other.authenticate(key)).resolves.toMatchObject({ keyId: record.id });
    expect(await world.service.revoke(owner, record.id)).toMatchObject({ revokedAt: started });
    await expect(other.authenticate(key)).rejects.toMatchObject(refusal);
    world.pass(minuteMs);
    await other.revoke(owner, record.id);
    expect(world.record(record.id).revokedAt).toEqual(started);
  });

  test("S2 another tenant's key is not found, exactly like a missing one", async () => {
    const world = keyWorld();
    const { key, record } = await world.service.create(operator, wish);
    const errorOf = (id: string) =>
      world.service.revoke({ ...owner, tenantId: 'other' }, id).catch((error: unknown) => error);
    const foreign = await errorOf(record.id);
    expect(foreign).toMatchObject({ code: 'not_found' });
    expect(foreign).toEqual(await errorOf('0'.repeat(12)));
    await expect(world.service.authenticate(key)).resolves.toMatchObject({ keyId: record.id });
  });

  test('is not lost to somebody who changes the key at the same moment', async () => {
    const world = keyWorld();
    const { key, record } = await world.service.create(operator, wish);
    const update = world.keys.update;
    vi.spyOn(world.keys, 'update').mockImplementationOnce(async (changed, etag) => {
      world.change(record.id, { exposedAt: started });
      await update(changed, etag);
    });
    await world.service.revoke(owner, record.id);
    expect(world.record(record.id)).toMatchObject({ revokedAt: started, exposedAt: started });
    await expect(world.service.authenticate(key)).rejects.toMatchObject(refusal);
  });
});
