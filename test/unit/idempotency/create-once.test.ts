import { describe, expect, test } from 'vitest';
import { SluiceError } from '../../../lib/core/errors.ts';
import { type CreationOrder, createOnce } from '../../../lib/core/idempotency/create-once.ts';
import { memoryIdempotencyStore } from '../../support/memory-idempotency-store.ts';

const order: CreationOrder = {
  tenantId: 'acme',
  requestedBy: 'key:k1',
  kind: 'webhook',
  idempotencyKey: 'again',
  request: { url: 'https://hooks.example.com/', auth: { password: 'secret' } },
};

/** A shelf of made things, whose making can be disturbed. */
function workshop() {
  const made: string[] = [];
  const world = { nowMs: Date.parse('2026-11-20T10:00:00Z'), ids: 0, dies: false };
  const claims: unknown[] = [];
  const store = memoryIdempotencyStore();
  const idempotency: typeof store = {
    claim: (...given) => {
      claims.push(given);
      return store.claim(...given);
    },
  };
  const deps = { idempotency, clock: () => new Date(world.nowMs) };
  const make = (change: Partial<CreationOrder> = {}) =>
    createOnce(
      deps,
      { ...order, ...change },
      {
        newId: () => `id${++world.ids}`,
        exists: async (id) => made.includes(id),
        make: async (id) => {
          if (world.dies) throw new SluiceError('storage_unavailable');
          if (made.includes(id)) throw new SluiceError('already_exists');
          made.push(id);
          return id;
        },
      },
    );
  return { make, made, world, claims };
}

describe('making once for an Idempotency-Key', () => {
  test('a repetition names what the first request made and makes nothing', async () => {
    const { make, made } = workshop();
    expect(await make()).toBe('id1');
    for (let times = 0; times < 2; times++) {
      await expect(make()).rejects.toMatchObject({ code: 'already_created', createdId: 'id1' });
    }
    expect(made).toEqual(['id1']);
  });

  test('of ten at once one makes it', async () => {
    const { make, made } = workshop();
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => make()));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(made).toHaveLength(1);
    for (const outcome of outcomes) {
      if (outcome.status === 'fulfilled') continue;
      expect(outcome.reason).toMatchObject({ code: 'already_created', createdId: made[0] });
    }
  });

  test('a try that died is made good under the same id', async () => {
    const { make, made, world } = workshop();
    world.dies = true;
    await expect(make()).rejects.toMatchObject({ code: 'storage_unavailable' });
    world.dies = false;
    expect(await make()).toBe('id1');
    await expect(make()).rejects.toMatchObject({ createdId: 'id1' });
    expect(made).toEqual(['id1']);
  });

  test('another request under the same key is refused, be it only another secret', async () => {
    const { make, made } = workshop();
    await make();
    const request = { url: 'https://hooks.example.com/', auth: { password: 'other' } };
    await expect(make({ request })).rejects.toMatchObject({ code: 'idempotency_key_reused' });
    expect(made).toHaveLength(1);
  });

  test('other people, tenants and kinds have keys of their own, and without one each request counts', async () => {
    const { make, made } = workshop();
    await make();
    await make({ requestedBy: 'user:u1' });
    await make({ tenantId: 'other' });
    await make({ kind: 'key' });
    await make({ idempotencyKey: undefined });
    await make({ idempotencyKey: undefined });
    expect(new Set(made).size).toBe(6);
  });

  test('after a day the key is free again', async () => {
    const { make, made, world } = workshop();
    await make();
    world.nowMs += 24 * 3_600_000 + 1;
    await make();
    expect(made).toHaveLength(2);
  });

  test('S7 what is kept tells neither the key nor the request', async () => {
    const { make, claims } = workshop();
    await make();
    expect(JSON.stringify(claims)).not.toMatch(/again|secret|hooks/);
  });
});
