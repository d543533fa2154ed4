import { describe, expect, it } from 'vitest';
import { limits } from '../../../lib/core/limits.ts';
import type { KeyPrincipal } from '../../../lib/core/principal.ts';
import { tokenOf } from './fake-keys.ts';
import { credentials, fakeWorld, ids } from './fake-services.ts';
import { client } from './http-client.ts';

const asOwner = async (method: string, path: string, body?: unknown) => {
  const world = fakeWorld();
  const sent = { credential: tokenOf('owner'), ...(body === undefined ? {} : { body }) };
  const got = await client(world)(method, path, sent);
  return { ...got, calls: world.calls, events: world.events };
};

const shown = {
  id: ids.key,
  name: 'nightly pull',
  scopes: ['exports:read'],
  createdBy: 'operator',
  createdAt: '2026-11-20T12:00:00.000Z',
  expiresAt: '2027-02-18T12:00:00.000Z',
};

describe('POST v1/keys', () => {
  const wish = {
    name: 'puller',
    scopes: ['exports:read'],
    labels: { system: ['shop'] },
    expiresInDays: 30,
    allowedAddresses: ['203.0.113.0/24', '2001:db8::/48', '198.51.100.7', '2001:db8::1'],
  };

  it('makes a key for the own tenant and shows it once', async () => {
    const got = await asOwner('POST', 'v1/keys', wish);
    expect(got.status).toBe(201);
    const { expiresInDays, ...asked } = wish;
    expect(got.json).toEqual({
      ...shown,
      ...asked,
      id: 'newkey000000',
      createdBy: 'user:owner',
      tenantId: ids.tenant,
      key: expect.stringMatching(/^slc_test_newkey000000_/),
    });
    const input = { maker: 'user:owner', wish: { tenantId: ids.tenant, ...wish } };
    expect(got.calls).toEqual([{ name: 'keys.create', input }]);
  });

  it('S4 refuses a key as the maker, with a text that says who can', async () => {
    for (const [path, body] of [
      ['v1/keys', wish],
      [`v1/keys/${ids.key}/rotate`, {}],
    ] as const) {
      const world = fakeWorld();
      const got = await client(world)('POST', path, { body });
      expect([got.status, got.json['code'], world.calls]).toEqual([403, 'forbidden', []]);
      expect(got.json['detail']).toBe(
        'A key cannot make or rotate keys. Sign in as a person, or ask the operator.',
      );
    }
  });

  it('passes the Idempotency-Key on, for people and for the operator', async () => {
    for (const [path, credential] of [
      ['v1/keys', tokenOf('owner')],
      ['v1/operator/tenants/acme/keys', credentials.operator],
    ] as const) {
      const world = fakeWorld();
      const headers = { 'idempotency-key': 'job-7' };
      await client(world)('POST', path, { body: wish, credential, headers });
      expect(world.calls).toMatchObject([{ input: { wish: { idempotencyKey: 'job-7' } } }]);
    }
  });

  it('lets the operator choose the same things', async () => {
    const world = fakeWorld();
    const path = 'v1/operator/tenants/acme/keys';
    const got = await client(world)('POST', path, { body: wish, credential: credentials.operator });
    expect(got.status).toBe(201);
    const input = { maker: 'operator', wish: { tenantId: 'acme', ...wish } };
    expect(world.calls).toEqual([{ name: 'keys.create', input }]);
  });

  const wrong: readonly (readonly [string, unknown, readonly string[]])[] = [
    ['no name', {}, ['/name']],
    ['S5 a foreign tenant', { ...wish, tenantId: 'umbrella' }, ['/tenantId']],
    [
      'S5 a maker of its own',
      { ...wish, createdBy: 'operator', role: 'x' },
      ['/createdBy', '/role'],
    ],
    ['S5 a hash', { ...wish, secretHash: 'f'.repeat(64) }, ['/secretHash']],
    ['no scope', { ...wish, scopes: [] }, ['/scopes']],
    ["the operator's scope", { ...wish, scopes: ['operator'] }, ['/scopes/0']],
    ['a life of no day', { ...wish, expiresInDays: 0 }, ['/expiresInDays']],
    ['a life too long', { ...wish, expiresInDays: limits.keyDaysMax + 1 }, ['/expiresInDays']],
    ['a label without a value', { ...wish, labels: { system: [] } }, ['/labels/system']],
    [
      'a range that is none',
      { ...wish, allowedAddresses: ['10.0.0.0/33'] },
      ['/allowedAddresses/0'],
    ],
    [
      'too many ranges',
      { ...wish, allowedAddresses: Array(limits.keyAddressRangesMax + 1).fill('192.0.2.1') },
      ['/allowedAddresses'],
    ],
  ];
  for (const [name, body, pointers] of wrong) {
    it(`with ${name} gets 400`, async () => {
      const got = await asOwner('POST', 'v1/keys', body);
      expect([got.status, got.json['code'], got.calls]).toEqual([400, 'invalid_body', []]);
      expect(got.json['errors']).toMatchObject(pointers.map((pointer) => ({ pointer })));
    });
  }
});

describe('GET v1/keys', () => {
  it('S6 S8 shows everything of a key but the key and its hash', async () => {
    const world = fakeWorld();
    const got = await client(world)('GET', 'v1/keys?limit=7');
    expect(got.json).toEqual({
      items: [
        {
          ...shown,
          labels: { system: ['shop'] },
          allowedAddresses: ['203.0.113.0/24'],
          lastUsedAt: '2026-11-20T12:00:00.000Z',
          lastUsedAddressPrefix: '203.0.113.0/24',
          revokedAt: '2026-11-20T12:00:00.000Z',
          exposedAt: '2026-11-20T12:00:00.000Z',
          rotatedTo: 'successor000',
          rotatedFrom: 'ancestor0000',
        },
      ],
    });
    expect(world.calls).toEqual([
      { name: 'keys.list', input: { tenantId: ids.tenant, page: { limit: 7 } } },
    ]);
  });
});

describe('DELETE v1/keys/{id}', () => {
  it('revokes without a word, also for a key with keys:write', async () => {
    const world = fakeWorld();
    const got = await client(world)('DELETE', `v1/keys/${ids.key}`);
    expect([got.status, got.text]).toEqual([204, '']);
    expect(world.calls).toEqual([
      { name: 'keys.revoke', input: { tenantId: ids.tenant, keyId: ids.key } },
    ]);
  });
});

describe('POST v1/keys/{id}/rotate', () => {
  const path = `v1/keys/${ids.key}/rotate`;

  it('shows the new key once, and when the old one ends', async () => {
    const got = await asOwner('POST', path, { overlapHours: 168 });
    expect(got.status).toBe(201);
    expect(got.json).toEqual({
      ...shown,
      id: 'successor000',
      rotatedFrom: ids.key,
      tenantId: ids.tenant,
      key: expect.stringMatching(/^slc_test_successor000_/),
      replaces: { id: ids.key, expiresAt: shown.expiresAt },
    });
    const [, done] = got.events;
    expect(done?.facts).toMatchObject({
      action: 'key.rotate',
      target: { type: 'key', id: ids.key },
      details: { newKeyId: 'successor000' },
    });
    const wish = { keyId: ids.key, overlapHours: 168 };
    expect(got.calls).toEqual([{ name: 'keys.rotate', input: { maker: 'user:owner', wish } }]);
  });

  it('needs no body, and takes 0 to 168 hours', async () => {
    const { calls } = await asOwner('POST', path);
    expect(calls).toMatchObject([{ input: { wish: { keyId: ids.key } } }]);
    for (const overlapHours of [-1, limits.keyOverlapHoursMax + 1, 1.5, '24']) {
      const got = await asOwner('POST', path, { overlapHours });
      expect(got.json['errors']).toMatchObject([{ pointer: '/overlapHours' }]);
    }
  });

  it('is open to the key itself, without a scope, and to no other without one', async () => {
    const { services } = fakeWorld();
    const keyId = ids.key;
    const authenticate = async (): Promise<KeyPrincipal> => ({
      kind: 'key',
      tenantId: ids.tenant,
      keyId,
      scopes: ['exports:read'],
    });
    const world = fakeWorld({ keys: { ...services.keys, authenticate } });
    const send = client(world);
    const got = await send('POST', path);
    expect([got.status, got.json['id']]).toEqual([201, 'successor000']);
    const other = await send('POST', 'v1/keys/acmekey00001/rotate');
    expect([other.status, other.json['code']]).toEqual([403, 'forbidden']);
    const list = await send('GET', 'v1/keys');
    expect([list.status, list.json['code']]).toEqual([403, 'forbidden']);
    const deleted = await send('DELETE', `v1/keys/${keyId}`);
    expect([deleted.status, deleted.json['code']]).toEqual([403, 'forbidden']);
  });
});
