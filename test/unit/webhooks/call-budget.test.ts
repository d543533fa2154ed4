import { describe, expect, test } from 'vitest';
import { limits } from '../../../lib/core/limits.ts';
import { takeCall } from '../../../lib/core/webhooks/call-budget.ts';
import { memoryCallBudgetStore } from '../../support/memory-webhook-stores.ts';
import { service, url } from './service-scene.ts';

const hourMs = 3_600_000;

describe('S32 calls that a tenant’s people make us make', () => {
  test('are limited by the hour, for each tenant alone, and the refusal says how long to wait', async () => {
    const store = memoryCallBudgetStore();
    const startMs = Date.parse('2026-11-20T10:00:00Z');
    for (let call = 0; call < limits.webhookCallsPerHour; call++) {
      await takeCall(store, 'acme', new Date(startMs + call * 1000));
    }
    const late = new Date(startMs + 100_000);
    await expect(takeCall(store, 'acme', late)).rejects.toMatchObject({
      code: 'too_many_requests',
      retryAfterSeconds: 3500,
    });
    await takeCall(store, 'other', late);
    await takeCall(store, 'acme', new Date(startMs + hourMs));
  });

  test('are counted right when several are made at once', async () => {
    const store = memoryCallBudgetStore();
    const now = new Date();
    const calls = Array.from({ length: 100 }, () => takeCall(store, 'acme', now));
    const made = (await Promise.allSettled(calls)).filter(({ status }) => status === 'fulfilled');
    expect(made.length).toBeLessThanOrEqual(limits.webhookCallsPerHour);
    expect((await store.find('acme'))?.value).toHaveLength(made.length);
  });

  test('include making, changing, verifying, testing and redelivering, so that none knocks without end', async () => {
    const made = service();
    const { endpoint } = await made.create('acme', 'key:k1', { url });
    const { delivery } = await made.test('acme', endpoint.id);
    for (let call = 2; call < limits.webhookCallsPerHour; call++) {
      await takeCall(made.callBudgets, 'acme', new Date(made.world.nowMs));
    }
    made.posts.length = 0;
    made.checked.length = 0;
    const { id } = endpoint;
    const calls: readonly (() => Promise<unknown>)[] = [
      () => made.create('acme', 'key:k1', { url }),
      () => made.change('acme', id, { url: 'https://other.example.com/' }),
      () => made.verify('acme', id),
      () => made.test('acme', id),
      () => made.redeliver('acme', delivery.id, made.starter),
    ];
    for (const call of calls) {
      await expect(call()).rejects.toMatchObject({ code: 'too_many_requests' });
    }
    expect([made.posts, made.checked, made.started]).toEqual([[], [], []]);
  });
});
