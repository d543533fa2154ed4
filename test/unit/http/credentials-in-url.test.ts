import { describe, expect, it, vi } from 'vitest';
import { SluiceError } from '../../../lib/core/errors.ts';
import { randomBase62 } from '../../../lib/core/keys/base62.ts';
import { formatKey } from '../../../lib/core/keys/key-format.ts';
import { limits } from '../../../lib/core/limits.ts';
import { keyWorld, operator } from '../keys/key-world.ts';
import { credentials, fakeWorld, ids } from './fake-services.ts';
import { client } from './http-client.ts';

const key = credentials.owner;
const twice = (text: string) => encodeURIComponent(encodeURIComponent(text));
const jwt = `${base64url('{"alg":"RS256"}')}.${base64url('{"iss":"https://login.example"}')}.c2ln`;

/** A key of the right form and checksum that nobody made. */
const madeUp = () =>
  formatKey({ environment: 'test', id: randomBase62(12), secret: randomBase62(43) });

describe('S12 keys in the URL', () => {
  const places = [
    `v1/exports?key=${key}`,
    `v1/exports?cursor=${key}`,
    `v1/exports?cursor=${key.replaceAll('_', '%5F')}`,
    `v1/exports?cursor=${twice(`x/${key}`).replaceAll('_', '%255F')}`,
    `v1/exports/${key}`,
    `v1/limits?x=${key}`,
    `health/live?${key}`,
    `v1/no/such/path?x=${key}`,
    `v1/whoami/${key}`,
  ];
  for (const place of places) {
    it(`${place.replace(key, '<key>').slice(0, 60)} get 400, are flagged and are an event, even with a good key beside`, async () => {
      const world = fakeWorld();
      const got = await client(world)('GET', place);
      expect([got.status, got.json['code']]).toEqual([400, 'key_in_url']);
      expect(world.flagged).toEqual([key]);
      expect(world.denials).toMatchObject([{ reason: 'key_in_url', credential: key }]);
      expect(JSON.stringify([got.text, world.logs])).not.toContain(key);
      expect(world.calls).toEqual([]);
    });
  }

  it('are refused by the name of the parameter when they have another form', async () => {
    const names = ['api_key', 'x-api-key', 'access_token', 'Authorization', 'id_token'];
    // The operator's own header, as `http-client.ts` sets it.
    for (const name of [...names, 'systrack-api-key', 'Systrack_Api_Key']) {
      const world = fakeWorld();
      const got = await client(world)('GET', `v1/exports?${name}=secret`);
      expect([name, got.json['code']]).toEqual([name, 'key_in_url']);
      expect([world.flagged, world.denials.length]).toEqual([[], 1]);
    }
  });

  it('are refused as tokens of people, under any name and in a path', async () => {
    const spaced = `${base64url('{ "alg":"RS256"}')}.${base64url('{\n"iss":"x"}')}.c2ln`;
    const places = [`v1/exports?cursor=${jwt}`, `v1/exports/${jwt}`, `v1/nothing?${jwt}`];
    for (const place of [...places, `v1/nothing?x=${spaced}`, `v1/nothing?a=v1.${jwt}`]) {
      const world = fakeWorld();
      const got = await client(world)('GET', place);
      expect([place, got.json['code']]).toEqual([place, 'key_in_url']);
      expect(world.denials).toHaveLength(1);
      expect(JSON.stringify([got.text, world.logs, world.denials])).not.toContain(jwt);
    }
  });

  it("are found when they are the operator's, which have no form of their own", async () => {
    const own = credentials.operator;
    const places = [`v1/exports?cursor=${own}`, `health/live?${own}`, `v1/x/${own}`];
    const inside = [`Bearer ${own}`, `x-api-key: ${own}`, `a,${own}`, encodeURIComponent(own)];
    const coded = [own, ...inside].map((text) => `v1/limits?q=${encodeURIComponent(text)}`);
    const others = Array.from({ length: 9 }, (_, n) => `a${n}=${`${n}`.repeat(40)}&`).join('');
    const odd = [`v1/limits?q=Bearer+${own}`, `v1/limits;k=${own}`, `v1/limits?${others}x=${own}`];
    for (const place of [...places, ...coded, ...odd]) {
      const world = fakeWorld();
      const got = await client(world)('GET', place, { credential: '' });
      expect([place, got.json['code']]).toEqual([place, 'key_in_url']);
      expect(world.events).toMatchObject([
        { chain: '_operator', facts: { action: 'key.expose', target: { id: 'operator' } } },
      ]);
      expect(JSON.stringify([got.text, world.logs, world.events])).not.toContain(own);
    }
  });

  it('do not keep good requests with long parameters out', async () => {
    const world = fakeWorld();
    const got = await client(world)('GET', `v1/exports?cursor=${'a'.repeat(200)}`);
    expect([got.status, world.denials]).toEqual([200, []]);
  });

  it('are refused even when they cannot be flagged', async () => {
    const { services } = fakeWorld();
    const flagExposed = () => Promise.reject(new SluiceError('storage_unavailable'));
    const world = fakeWorld({ keys: { ...services.keys, flagExposed } });
    const got = await client(world)('GET', `v1/exports?cursor=${key}`);
    expect(got.json['code']).toBe('key_in_url');
    expect(world.logs.map(({ message }) => message)).toEqual([
      'exposed key could not be flagged',
      'request refused',
    ]);
  });
});

describe('S12 S13 many keys in one URL', () => {
  it('cost three look-ups in the storage at most, the log included', async () => {
    const real = keyWorld({ environment: 'test' });
    const find = vi.spyOn(real.keys, 'find');
    const { services } = fakeWorld();
    const { flagExposed } = real.service;
    const send = client(fakeWorld({ keys: { ...services.keys, flagExposed } }));
    const query = Array.from({ length: 180 }, madeUp).join('&');
    const got = await send('GET', `v1/limits?${query}`, { credential: '' });
    expect(got.json['code']).toBe('key_in_url');
    expect(find.mock.calls.length).toBeLessThanOrEqual(3);
  });

  it('are nothing but the real one among them, which is flagged', async () => {
    const real = keyWorld({ environment: 'test' });
    const { key: ours, record } = await real.service.create(operator, {
      tenantId: ids.tenant,
      name: 'k',
    });
    const { services } = fakeWorld();
    const { flagExposed } = real.service;
    const world = fakeWorld({ keys: { ...services.keys, flagExposed } });
    const wrongSum = `${madeUp().slice(0, -1)}_`;
    await client(world)('GET', `v1/limits?${[wrongSum, madeUp(), ours].join('&')}`);
    expect(real.record(record.id).exposedAt).toBeDefined();
    expect(world.denials).toMatchObject([{ credential: ours }]);
  });

  it('count as failures of their network: then nothing is looked up, on any path', async () => {
    const headers = { 'x-forwarded-for': '203.0.113.7' };
    const world = fakeWorld();
    const send = client(world);
    const ask = (path: string) => send('GET', path, { credential: '', headers });
    for (let count = 0; count < limits.failedAuthenticationsPerMinute; count++) {
      const path = count % 2 === 0 ? 'v1/limits' : 'v1/nothing';
      expect((await ask(`${path}?x=${key}`)).json['code']).toBe('key_in_url');
    }
    const flagged = world.flagged.length;
    for (const path of ['v1/limits', 'v1/nothing', 'health/live']) {
      const got = await ask(`${path}?x=${key}`);
      expect([got.status, got.json['code']]).toEqual([429, 'too_many_requests']);
      expect(got.headers.get('retry-after')).toMatch(/^\d+$/);
    }
    expect(world.flagged).toHaveLength(flagged);
    const other = { 'x-forwarded-for': '198.51.100.7' };
    const elsewhere = await send('GET', `v1/limits?x=${key}`, { credential: '', headers: other });
    expect(elsewhere.status).toBe(400);
  });
});

function base64url(text: string): string {
  return Buffer.from(text).toString('base64url');
}
