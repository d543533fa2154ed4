import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { randomBase62 } from '../../../lib/core/keys/base62.ts';
import { formatKey } from '../../../lib/core/keys/key-format.ts';
import { hashesMatch, hashSecret } from '../../../lib/core/keys/key-hash.ts';
import type { KeyRecord, KeyStore } from '../../../lib/core/keys/key-record.ts';
import { createKeyService, type KeyWish } from '../../../lib/core/keys/key-service.ts';
import { memorySecrets, memoryTenants, tenantOf } from '../sealing/memory.ts';

vi.mock(import('node:crypto'), async (importOriginal) => {
  const original = await importOriginal();
  return {
    ...original,
    timingSafeEqual: vi.fn(original.timingSafeEqual),
    createHmac: vi.fn(original.createHmac),
  };
});

const pepper = randomBytes(32).toString('base64');
const created = new Date('2026-03-01T10:00:00.000Z');
const wish: KeyWish = {
  tenantId: 'acme',
  name: 'nightly pull',
  scopes: ['exports:run', 'links:create'],
  createdBy: 'operator',
};
const refusal = {
  code: 'unauthenticated',
  message: 'The key is not valid here. Check it, or ask for a new one.',
};

afterEach(() => vi.clearAllMocks());

describe('creating a key', () => {
  test('keeps a keyed hash and never the key, and names its owner, scopes and life', async () => {
    const { service, rows } = setUp();
    const { key, record } = await service.create(wish);
    const [, , id = '', rest = ''] = key.split('_');
    const secret = rest.slice(0, 43);
    expect(record).toEqual({
      id,
      tenantId: 'acme',
      name: 'nightly pull',
      secretHash: createHmac('sha256', Buffer.from(pepper, 'base64')).update(secret).digest('hex'),
      scopes: ['exports:run', 'links:create'],
      createdBy: 'operator',
      createdAt: created,
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
    const { service } = setUp();
    const daysOf = async (expiresInDays: number) => {
      const { record } = await service.create({ ...wish, expiresInDays });
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
    const { service } = setUp();
    for (const scopes of [['operator'], ['exports:run', 'operator'], []] as const) {
      await expect(service.create({ ...wish, scopes })).rejects.toMatchObject({
        code: 'invalid_body',
        mistakes: [{ pointer: '/scopes' }],
      });
    }
  });

  test('an unknown tenant gets no key', async () => {
    const { service, rows } = setUp();
    await expect(service.create({ ...wish, tenantId: 'nobody' })).rejects.toMatchObject({
      code: 'not_found',
    });
    expect(rows.size).toBe(0);
  });

  test('an id that is taken is not overwritten: another one is found', async () => {
    const { service, keys, rows } = setUp();
    const insert = vi.spyOn(keys, 'insert').mockResolvedValueOnce(false);
    const { record } = await service.create(wish);
    expect(insert).toHaveBeenCalledTimes(2);
    expect([...rows.keys()]).toEqual([record.id]);
  });

  test('an ill-formed environment is refused at once', () => {
    expect(() => setUp({ environment: 'Live!' })).toThrow(TypeError);
  });
});

describe('authenticating', () => {
  test('a live key tells its tenant, id and scopes, as copies', async () => {
    const { service, rows } = setUp();
    const { key, record } = await service.create(wish);
    const principal = await service.authenticate(key);
    expect(principal).toEqual({
      kind: 'key',
      tenantId: 'acme',
      keyId: record.id,
      scopes: ['exports:run', 'links:create'],
    });
    expect(principal.scopes).not.toBe(rows.get(record.id)?.scopes);
  });

  test('unknown, wrong, expired, revoked, foreign and orphaned keys get one and the same answer', async () => {
    const { service, rows, tenants, setNow } = setUp();
    const live = await service.create({ ...wish, expiresInDays: 1 });
    const revoked = await service.create(wish);
    rows.set(revoked.record.id, { ...revoked.record, revokedAt: created });
    const orphan = await service.create(wish);
    rows.set(orphan.record.id, { ...orphan.record, tenantId: 'gone' });
    tenants.rows.delete('gone');
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
      [`the tenant of the key ${orphan.record.id} is gone`]: orphan.key,
    };
    for (const [reason, key] of Object.entries(cases)) {
      await expect(service.authenticate(key)).rejects.toMatchObject({
        ...refusal,
        internal: `Refused: ${reason}.`,
        mistakes: [],
        retryAfterSeconds: undefined,
      });
    }
  });

  test('a key is good until the very millisecond of its end', async () => {
    const { service, setNow } = setUp();
    const { key, record } = await service.create(wish);
    setNow(new Date(record.expiresAt.getTime() - 1));
    await expect(service.authenticate(key)).resolves.toMatchObject({ keyId: record.id });
    setNow(record.expiresAt);
    await expect(service.authenticate(key)).rejects.toMatchObject(refusal);
  });

  test('a wrong checksum or environment never reaches the storage', async () => {
    const { service, keys } = setUp();
    const { key, record } = await service.create(wish);
    const find = vi.spyOn(keys, 'find');
    const foreign = formatKey({ environment: 'test', id: record.id, secret: randomBase62(43) });
    for (const text of [`${key}x`, key.slice(1), 'hello', foreign]) {
      await expect(service.authenticate(text)).rejects.toMatchObject(refusal);
    }
    expect(find).not.toHaveBeenCalled();
  });

  test('S10 an unknown key costs the same work as a wrong one, compared by timingSafeEqual', async () => {
    const { service } = setUp();
    const { record } = await service.create(wish);
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
    const { service } = setUp();
    const { record } = await service.create(wish);
    const secret = randomBase62(43);
    const key = formatKey({ environment: 'live', id: record.id, secret });
    const error: unknown = await service.authenticate(key).catch((thrown: unknown) => thrown);
    expect(JSON.stringify([String(error), Object.values(Object(error))])).not.toContain(secret);
  });
});

describe('an exposed key', () => {
  test('is marked, whether live or not; a wrong secret cannot mark somebody else’s key', async () => {
    const { service, rows, flagged } = setUp();
    const { key, record } = await service.create(wish);
    rows.set(record.id, { ...record, revokedAt: created });
    const secret = randomBase62(43);
    await service.flagExposed(formatKey({ environment: 'live', id: record.id, secret }));
    await service.flagExposed('not a key');
    expect(flagged).toEqual([]);
    await service.flagExposed(key);
    expect(flagged).toEqual([[record.id, created]]);
  });
});

describe('hashes', () => {
  test('match only when equal, at any length', () => {
    expect(hashesMatch('abc', 'abc')).toBe(true);
    expect(hashesMatch('abc', 'abd')).toBe(false);
    expect(hashesMatch('abc', 'ab')).toBe(false);
  });

  test('an ill-formed pepper is refused by name', () => {
    expect(() => hashSecret('short', 'x')).toThrow(
      expect.objectContaining({
        code: 'secret_unavailable',
        internal: 'The secret sluice-key-pepper must be 32 random bytes as base64.',
      }),
    );
  });
});

function setUp({ environment = 'live' } = {}) {
  const tenants = memoryTenants([tenantOf('acme'), tenantOf('gone')]);
  const secrets = memorySecrets({ 'sluice-key-pepper': pepper });
  const { keys, rows, flagged } = memoryKeys();
  let now = created;
  const clock = () => now;
  const service = createKeyService({ keys, tenants: tenants.store, secrets, clock, environment });
  const setNow = (time: Date) => {
    now = time;
  };
  return { service, keys, rows, flagged, tenants, setNow };
}

function memoryKeys() {
  const rows = new Map<string, KeyRecord>();
  const flagged: [string, Date][] = [];
  const keys: KeyStore = {
    async insert(record) {
      if (rows.has(record.id)) return false;
      rows.set(record.id, record);
      return true;
    },
    async find(keyId) {
      return rows.get(keyId);
    },
    async flagExposed(keyId, at) {
      flagged.push([keyId, at]);
    },
  };
  return { keys, rows, flagged };
}
