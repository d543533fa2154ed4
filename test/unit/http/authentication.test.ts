import { describe, expect, it, vi } from 'vitest';
import { SluiceError } from '../../../lib/core/errors.ts';
import { limits } from '../../../lib/core/limits.ts';
import { createAuthenticationThrottle } from '../../../lib/core/throttle/authentication-throttle.ts';
import { tokenOf } from './fake-keys.ts';
import { credentials, fakeWorld, now } from './fake-services.ts';
import { client, type Sent } from './http-client.ts';

const path = 'v1/exports';
const from = (address: string, credential: string): Sent => ({
  credential,
  headers: { 'x-forwarded-for': address, 'x-request-id': 'r' },
});

describe('S13 failed authentication', () => {
  it('100 bad keys in a minute: ten get 401, the others 429 with Retry-After and RateLimit', async () => {
    const send = client();
    const gots = [];
    for (let attempt = 0; attempt < 100; attempt++) {
      gots.push(await send('GET', path, from(`203.0.113.${attempt}`, credentials.unknown)));
    }
    const allowed = limits.failedAuthenticationsPerMinute;
    expect(gots.map(({ status }) => status)).toEqual([
      ...Array(allowed).fill(401),
      ...Array(100 - allowed).fill(429),
    ]);
    const { json, headers } = gots[99] ?? {};
    expect(json).toEqual({
      type: '/problems/too_many_requests',
      title: 'Too many requests',
      status: 429,
      detail:
        'Too many wrong credentials came from your network. Check yours, and try again in 60 seconds.',
      code: 'too_many_requests',
      requestId: 'r',
    });
    expect(headers?.get('retry-after')).toBe('60');
    expect(headers?.get('ratelimit-policy')).toBe('"failed-authentications";q=10;w=60');
    expect(headers?.get('ratelimit')).toBe('"failed-authentications";r=0;t=60');
  });

  it('never stops a good credential: not from elsewhere, not from the same network', async () => {
    const send = client();
    const statusOf = async (address: string, credential: string) =>
      (await send('GET', path, from(address, credential))).status;
    for (let attempt = 0; attempt < 20; attempt++) await statusOf('203.0.113.1', 'wrong');
    expect(await statusOf('203.0.113.1', 'wrong')).toBe(429);
    expect(await statusOf('203.0.113.1', credentials.owner)).toBe(200);
    expect(await statusOf('203.0.113.1', tokenOf('owner'))).toBe(200);
    expect(await statusOf('203.0.113.1', credentials.member)).toBe(403);
    expect(await statusOf('203.0.113.1', '')).toBe(401);
    expect(await statusOf('203.0.114.1', credentials.owner)).toBe(200);
    expect(await statusOf('203.0.114.1', 'wrong')).toBe(401);
    const admin = await send(
      'GET',
      'v1/operator/tenants',
      from('203.0.113.1', credentials.operator),
    );
    expect(admin.status).toBe(200);
  });

  it('counts a /48 of IPv6 as one network, tokens and the operator’s routes like keys', async () => {
    const send = client();
    for (let attempt = 0; attempt < 5; attempt++) {
      await send('GET', path, from(`2001:db8:1:${attempt}::1`, tokenOf('owner').slice(0, -1)));
      await send('GET', 'v1/operator/tenants', from(`2001:db8:1::${attempt}`, 'wrong'));
    }
    expect((await send('GET', path, from('2001:db8:1:ffff::1', 'wrong'))).status).toBe(429);
    expect((await send('GET', path, from('2001:db8:2::1', 'wrong'))).status).toBe(401);
  });

  it('believes the address that the platform appended, not those that the caller wrote', async () => {
    const send = client();
    for (let attempt = 0; attempt < 11; attempt++) {
      await send('GET', path, from(`198.51.100.${attempt}, 203.0.113.9:4711`, 'wrong'));
    }
    expect((await send('GET', path, from('203.0.113.10', 'wrong'))).status).toBe(429);
    expect((await send('GET', path, from('203.0.113.10, 192.0.2.1', 'wrong'))).status).toBe(401);
  });

  it('is counted together where the platform tells no address', async () => {
    const send = client();
    for (let attempt = 0; attempt < 10; attempt++) await send('GET', path, { credential: 'wrong' });
    expect((await send('GET', path, { credential: 'wrong' })).status).toBe(429);
    expect((await send('GET', path)).status).toBe(200);
  });

  it('is over after a minute, and 401 again', async () => {
    let time = now;
    const authenticationThrottle = createAuthenticationThrottle(() => time);
    const send = client(fakeWorld({ authenticationThrottle }));
    const statusOf = async () => (await send('GET', path, from('203.0.113.1', 'wrong'))).status;
    for (let attempt = 0; attempt < 10; attempt++) await statusOf();
    expect(await statusOf()).toBe(429);
    time = new Date(now.getTime() + 60_000);
    expect(await statusOf()).toBe(401);
  });

  it('is counted per network and never per key, so that nobody can lock a key out', async () => {
    const send = client();
    for (let network = 0; network < 50; network++) {
      const got = await send('GET', path, from(`10.0.${network}.1`, credentials.unknown));
      expect(got.status).toBe(401);
    }
  });

  it('leaves its reason in the log, with the network and without the credential', async () => {
    const world = fakeWorld();
    const got = await client(world)('GET', path, from('203.0.113.1', credentials.unknown));
    expect(world.logs[0]).toEqual({
      level: 'info',
      message: 'authentication refused',
      fields: { addressPrefix: '203.0.113.0/24', reason: 'it is unknown' },
    });
    expect(JSON.stringify([world.logs, got.text])).not.toContain(credentials.unknown);
    expect(got.text).not.toContain('it is unknown');
  });

  it('is not what an outage of a neighbour counts as', async () => {
    const { services } = fakeWorld();
    const authenticate = () => Promise.reject(new SluiceError('storage_unavailable'));
    const send = client(fakeWorld({ keys: { ...services.keys, authenticate } }));
    for (let attempt = 0; attempt < 20; attempt++) {
      expect((await send('GET', path)).status).toBe(503);
    }
  });
});

it('a key is judged together with the address that it comes from', async () => {
  const { services } = fakeWorld();
  const authenticate = vi.fn(services.keys.authenticate);
  const send = client(fakeWorld({ keys: { ...services.keys, authenticate } }));
  await send('GET', path, from('1.2.3.4, 203.0.113.9:4711', credentials.owner));
  await send('GET', 'v1/operator/tenants', from('[2001:db8::1]:4711', credentials.owner));
  // A refusal asks again, to name the key in the audit log.
  const addresses = new Set(authenticate.mock.calls.map(([, address]) => address));
  expect([...addresses]).toEqual(['203.0.113.9', '2001:db8::1']);
});

describe('people', () => {
  it('sign in with a bearer token in the form of a JWT; a key never goes that way', async () => {
    const { services } = fakeWorld();
    const signIn = vi.fn(services.signIn);
    const authenticate = vi.fn(services.keys.authenticate);
    const world = fakeWorld({ signIn, keys: { ...services.keys, authenticate } });
    const send = client(world);
    expect((await send('GET', path, { credential: tokenOf('analyst') })).status).toBe(200);
    expect(signIn.mock.calls).toEqual([[tokenOf('analyst')]]);
    expect(authenticate).not.toHaveBeenCalled();
    expect((await send('GET', path)).status).toBe(200);
    expect(signIn).toHaveBeenCalledTimes(1);
    expect(authenticate.mock.calls).toEqual([[credentials.owner, undefined]]);
  });

  it('are not let in by a token in another header', async () => {
    const headers = { 'x-api-key': tokenOf('owner') };
    expect((await client()('GET', path, { credential: '', headers })).status).toBe(401);
  });

  it('S13 with a wrong token get the very answer of a wrong key', async () => {
    const send = client();
    const token = await send('GET', path, from('203.0.113.1', 'a.b.c'));
    const key = await send('GET', path, from('203.0.113.1', 'wrong'));
    expect([[...token.headers], token.text]).toEqual([[...key.headers], key.text]);
  });

  it("do not do the operator's work, whatever their role", async () => {
    const got = await client()('GET', 'v1/operator/tenants', { credential: tokenOf('owner') });
    expect([got.status, got.json['code']]).toEqual([403, 'forbidden']);
  });

  it('S37 are refused with 503 while tokens cannot be checked', async () => {
    const signIn = () => Promise.reject(new SluiceError('storage_unavailable'));
    const send = client(fakeWorld({ signIn }));
    expect((await send('GET', path, { credential: tokenOf('owner') })).status).toBe(503);
  });
});
