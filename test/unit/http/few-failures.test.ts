import { describe, expect, test } from 'vitest';
import { SluiceError } from '../../../lib/core/errors.ts';
import { limits } from '../../../lib/core/limits.ts';
import { credentials, type FakeWorld, fakeWorld, ids } from './fake-services.ts';
import { client } from './http-client.ts';

const quota = limits.failuresPerKeyAndRoutePerMinute;

/** What is refused inside a handler, for a state, a budget and a right. */
const refused = [
  ['POST', `v1/exports/${ids.missing}/cancel`, 404],
  ['POST', `v1/webhooks/${ids.webhook}/test`, 429],
  ['POST', 'v1/keys', 403],
] as const;

function worldOf(): FakeWorld {
  const { services } = fakeWorld();
  return fakeWorld({
    endpoints: {
      ...services.endpoints,
      test: async () => {
        throw new SluiceError('too_many_requests', { retryAfterSeconds: 3_600 });
      },
    },
    keys: {
      ...services.keys,
      create: async () => {
        throw new SluiceError('forbidden', { message: 'A key cannot make or rotate keys.' });
      },
    },
  });
}

describe('S35 what fails again and again does not fill the log', () => {
  test.each(refused)('%s %s', async (method, path, status) => {
    const world = worldOf();
    const send = client(world);
    const options = path === 'v1/keys' ? { body: { name: 'again' } } : {};
    for (let count = 0; count < quota; count++) {
      expect((await send(method, path, options)).status).toBe(status);
    }
    expect(world.events).toHaveLength(2 * quota);
    for (let count = 0; count < 200; count++) {
      const got = await send(method, path, options);
      expect([got.status, got.json['code']]).toEqual([429, 'too_many_requests']);
      expect(got.headers.get('retry-after')).toBe('60');
    }
    expect(world.events).toHaveLength(2 * quota);
    expect(world.denials.at(-1)).toMatchObject({
      reason: 'too_many_requests',
      principal: { kind: 'key' },
    });
  });

  test('other routes and other principals go on', async () => {
    const send = client(worldOf());
    for (let count = 0; count <= quota; count++) await send('POST', refused[0][1]);
    expect((await send('POST', `v1/exports/${ids.running}/retry`)).status).toBe(202);
    const neighbours = { credential: credentials.neighbour };
    expect((await send('POST', refused[0][1], neighbours)).status).toBe(404);
  });

  test('what succeeds, and a read that gives nothing out, is not counted', async () => {
    const world = worldOf();
    const send = client(world);
    for (let count = 0; count < 2 * quota; count++) {
      expect((await send('POST', `v1/exports/${ids.running}/cancel`)).status).toBe(202);
      expect((await send('GET', `v1/exports/${ids.missing}/manifest`)).status).toBe(404);
    }
  });
});
