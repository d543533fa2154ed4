import { describe, expect, it } from 'vitest';
import { limits } from '../../../lib/core/limits.ts';
import { fakeWorld } from './fake-services.ts';
import { canaries, ids } from './fake-world.ts';
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

  const fine = { name: 'tables', required: true, ok: true } as const;
  const needed = { name: 'blobs', required: true, ok: false, problem: 'unreachable' } as const;
  const extra = { name: 'sources', required: false, ok: false, problem: 'missing' } as const;
  it.each([
    [200, 'ready', [fine]],
    [200, 'degraded', [fine, extra]],
    [503, 'not_ready', [fine, extra, needed]],
  ])('answer %i and %s, and name what fails', async (status, told, checks) => {
    const send = client(fakeWorld({ readiness: async () => checks }));
    const got = await send('GET', 'health/ready', anonymous);
    expect([got.status, got.json]).toEqual([status, { status: told, checks }]);
    expect(got.headers.get('retry-after')).toBe(status === 503 ? '5' : null);
  });

  it('tell nothing of a check but what is public', async () => {
    const checks = [{ ...extra, facts: { sources: canaries.internal } }];
    const send = client(fakeWorld({ readiness: async () => checks }));
    const got = await send('GET', 'health/ready', anonymous);
    expect(got.json).toEqual({ status: 'degraded', checks: [extra] });
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
