import { describe, expect, it } from 'vitest';
import { limits } from '../../../lib/core/limits.ts';
import { fakeWorld, ids } from './fake-services.ts';
import { client } from './http-client.ts';

const anonymous = { credential: '' };

describe('public routes', () => {
  it('X14 publish the limits that the code keeps', async () => {
    expect((await client()('GET', 'v1/limits', anonymous)).json).toEqual({ ...limits });
  });

  it('publish the public half of the signing key only', async () => {
    expect((await client()('GET', 'v1/signing-keys', anonymous)).json).toEqual({
      keys: [{ kty: 'OKP', crv: 'Ed25519', x: 'x', kid: 'k1', alg: 'EdDSA', use: 'sig' }],
    });
  });

  it('say that the process lives', async () => {
    expect((await client()('GET', 'health/live', anonymous)).json).toEqual({ status: 'live' });
  });

  it('say whether every neighbour answers, and which does not', async () => {
    const ready = await client()('GET', 'health/ready', anonymous);
    expect([ready.status, ready.json]).toEqual([
      200,
      { status: 'ready', checks: [{ name: 'tables', ok: true }] },
    ]);
    const checks = [
      { name: 'tables', ok: true },
      { name: 'blobs', ok: false, problem: 'The storage does not answer.' },
    ];
    const send = client(fakeWorld({ readiness: async () => checks }));
    const got = await send('GET', 'health/ready', anonymous);
    expect([got.status, got.json]).toEqual([503, { status: 'not_ready', checks }]);
    expect(got.headers.get('retry-after')).toBe('5');
  });
});

describe('GET v1/tables', () => {
  it("shows columns and what is left out, asked with the tenant's id in the source", async () => {
    const world = fakeWorld();
    const got = await client(world)('GET', 'v1/tables');
    expect(got.json).toEqual({
      tables: [
        {
          name: 'orders',
          description: 'Every order.',
          labels: { system: 'shop' },
          columns: [
            { name: 'id', type: 'integer', sourceType: 'int8', nullable: false, key: true },
          ],
        },
        {
          name: 'users',
          description: 'Every order.',
          labels: { system: 'shop' },
          error: { code: 'table_missing', message: 'Gone.' },
        },
      ],
      excluded: [{ table: 'secrets', reason: 'Passwords.' }],
    });
    expect(world.calls).toEqual([{ name: 'describeTables', input: `${ids.tenant}-7` }]);
  });
});
