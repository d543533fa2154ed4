import { describe, expect, it } from 'vitest';
import { SluiceError } from '../../../lib/core/errors.ts';
import { limits } from '../../../lib/core/limits.ts';
import { tokenOf } from './fake-keys.ts';
import { credentials, type FakeWorld, fakeWorld, ids } from './fake-services.ts';
import { client } from './http-client.ts';

const message = 'This tenant belongs to the region northeurope. Use https://north.example.com.';
const elsewhere = new SluiceError('wrong_region', { message, internal: 'CANARY-internal-text' });
const foreignKey = 'slc_neu_whatever';

/** A world in which one key and every signed-in person belong to another region. */
function world(): FakeWorld {
  const { services } = fakeWorld();
  const { authenticate } = services.keys;
  return fakeWorld({
    keys: {
      ...services.keys,
      authenticate: async (presented, address) => {
        if (presented === foreignKey) throw elsewhere;
        return authenticate(presented, address);
      },
    },
    signIn: () => Promise.reject(elsewhere),
  });
}

describe('K4 what belongs to another region', () => {
  it.each([
    ['GET', 'v1/exports'],
    ['POST', 'v1/exports'],
    ['POST', `v1/exports/${ids.ready}/links`],
    ['GET', `dataegress/geturl/${ids.ready}`],
    ['GET', 'v1/auth/me'],
    ['GET', 'v1/operator/tenants'],
  ])('gets 421 with the right region and address: %s %s', async (method, path) => {
    for (const credential of [foreignKey, tokenOf('owner')]) {
      const found = world();
      const got = await client(found)(method, path, { credential });
      expect([got.status, got.json]).toEqual([
        421,
        {
          type: '/problems/wrong_region',
          title: 'Another region serves this',
          status: 421,
          detail: message,
          code: 'wrong_region',
          requestId: expect.any(String),
        },
      ]);
      expect(found.calls).toEqual([]);
    }
  });

  it('is an event of the log like every other refusal', async () => {
    const found = world();
    await client(found)('GET', 'v1/exports', { credential: foreignKey });
    expect(found.denials).toEqual([
      {
        reason: 'wrong_region',
        request: { id: expect.any(String), route: 'listExports' },
        credential: foreignKey,
      },
    ]);
  });

  it('S13 counts with the wrong credentials of its network, in both directions, and locks no good key out', async () => {
    const headers = { 'x-forwarded-for': '203.0.113.7' };
    const quota = limits.failedAuthenticationsPerMinute;
    const send = client(world());
    const ask = async (credential: string) =>
      (await send('GET', 'v1/exports', { credential, headers })).status;
    const first: number[] = [];
    for (let index = 0; index < quota; index++) {
      first.push(await ask(index % 2 === 0 ? foreignKey : credentials.unknown));
    }
    expect(new Set(first)).toEqual(new Set([421, 401]));
    expect([await ask(foreignKey), await ask(credentials.unknown)]).toEqual([429, 429]);
    expect(await ask(credentials.owner)).toBe(200);
  });
});

it('K4 the operator cannot choose a region: a tenant gets that of the stamp', async () => {
  const found = fakeWorld();
  const got = await client(found)('POST', 'v1/operator/tenants', {
    credential: credentials.operator,
    body: { name: 'Acme', region: 'northeurope' },
  });
  expect(got.status).toBe(400);
  expect(got.json['errors']).toEqual([
    {
      pointer: '/region',
      message:
        'There is no such field here. Known ones: id, name, sourceId, sharesSourceIdWith, contact.',
    },
  ]);
  expect(found.calls).toEqual([]);
});
