import { describe, expect, it } from 'vitest';
import { SluiceError } from '../../../lib/core/errors.ts';
import { canaries, fakeWorld, ids } from './fake-services.ts';
import { client } from './http-client.ts';

const failing = (error: unknown) => {
  const { services } = fakeWorld();
  return fakeWorld({ exports: { ...services.exports, get: () => Promise.reject(error) } });
};

const securityHeaders = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
};

describe('every answer', () => {
  it('has the headers that keep it out of caches, good or bad', async () => {
    const send = client();
    const gots = [await send('GET', 'v1/limits'), await send('GET', 'v1/nothing')];
    for (const { headers } of gots) expect(headers.get('cache-control')).toBe('no-store');
    expect(gots.map(({ headers }) => headers.get('content-type'))).toEqual([
      'application/json',
      'application/problem+json',
    ]);
  });

  it('S38 has the security headers, whatever the status and with or without a body', async () => {
    const world = failing(new TypeError('unforeseen'));
    const send = client(world);
    const gots = [
      await send('GET', 'v1/limits'),
      await send('GET', `v1/exports/${ids.ready}/manifest`),
      await send('DELETE', `v1/webhooks/${ids.webhook}`),
      await send('GET', 'v1/exports', { credential: '' }),
      await send('GET', 'v1/nothing'),
      await send('PUT', 'v1/exports'),
      await send('GET', `v1/exports/${ids.ready}`),
    ];
    expect(gots.map(({ status }) => status)).toEqual([200, 200, 204, 401, 404, 405, 500]);
    for (const { headers } of gots) {
      expect(Object.fromEntries([...headers].filter(([name]) => name in securityHeaders))).toEqual(
        securityHeaders,
      );
    }
  });

  it('S38 gives no other origin leave to read it', async () => {
    const headers = { origin: 'https://evil.example' };
    for (const method of ['GET', 'OPTIONS']) {
      const got = await client()(method, 'v1/exports', { headers });
      const names = [...got.headers.keys()].filter((name) => name.startsWith('access-control'));
      expect(names).toEqual([]);
    }
  });

  it("has the caller's request id when it is a sane one, else a new one", async () => {
    const send = client();
    const idFor = async (id: string) =>
      (await send('GET', 'v1/limits', { headers: { 'x-request-id': id } })).headers.get(
        'x-request-id',
      );
    expect(await idFor('Trace.1_a-b')).toBe('Trace.1_a-b');
    for (const id of ['', 'a b', 'x'.repeat(129), '<script>', 'é']) {
      expect(await idFor(id)).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    }
  });
});

describe('S36 an error', () => {
  it('of ours is logged once with its insides and answered without them', async () => {
    const cause = new Error('connect 10.0.0.7:5432');
    const error = new SluiceError('source_unreachable', { internal: canaries.internal, cause });
    const world = failing(error);
    const headers = { 'x-request-id': 'r-1' };
    const got = await client(world)('GET', `v1/exports/${ids.ready}`, { headers });
    expect(got.status).toBe(503);
    expect(got.headers.get('retry-after')).toBe('5');
    expect(got.json).toEqual({
      type: '/problems/source_unreachable',
      title: 'The data source does not answer',
      status: 503,
      detail: 'The data source does not answer.',
      code: 'source_unreachable',
      requestId: 'r-1',
    });
    expect(world.logs).toEqual([
      {
        level: 'error',
        message: 'request failed',
        error,
        fields: { requestId: 'r-1', route: 'getExport' },
      },
    ]);
  });

  it('that nobody foresaw becomes 500 and tells nothing', async () => {
    for (const thrown of [new TypeError(`at /srv/app.js: ${canaries.internal}`), 'text', null]) {
      const world = failing(thrown);
      const got = await client(world)('GET', `v1/exports/${ids.ready}`);
      expect(got.status).toBe(500);
      expect(got.json).toMatchObject({
        code: 'internal_error',
        detail: 'Something went wrong on our side.',
      });
      expect(world.logs.map(({ level }) => level)).toEqual(['error']);
    }
  });

  it("of the caller's is a line with the code and no more", async () => {
    const world = fakeWorld();
    const headers = { 'x-request-id': 'r-1' };
    await client(world)('GET', `v1/exports/${ids.missing}`, { headers });
    expect(world.logs).toEqual([
      {
        level: 'info',
        message: 'request refused',
        fields: { requestId: 'r-1', route: 'getExport', code: 'not_found' },
      },
    ]);
  });

  it('says when to come back', async () => {
    const error = new SluiceError('storage_unavailable', { retryAfterSeconds: 12.2 });
    const got = await client(failing(error))('GET', `v1/exports/${ids.ready}`);
    expect(got.headers.get('retry-after')).toBe('13');
  });
});
