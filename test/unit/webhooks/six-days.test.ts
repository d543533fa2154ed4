import { describe, expect, test } from 'vitest';
import { limits } from '../../../lib/core/limits.ts';
import { attemptStepsMs } from '../../../lib/core/webhooks/schedule.ts';
import { sampleEndpoint } from '../../support/webhook-samples.ts';
import { accepted, hourMs, scene, status } from './scene.ts';

const dayMs = 24 * hourMs;

describe('S23 X5 the life of a delivery, by a clock that runs six days', () => {
  test('ten attempts over three days, each step exact within its jitter, one id, then failed', async () => {
    for (const random of [0, 0.5, 1 - Number.EPSILON]) {
      const { attempt, posts, row, world } = await scene();
      world.random = random;
      const endMs = world.nowMs + 6 * dayMs;
      let calls = 1;
      let result = await attempt();
      while (!result.done && calls < 100 && world.nowMs < endMs) {
        world.nowMs += result.waitMs;
        result = await attempt();
        calls += 1;
      }
      expect(calls).toBe(limits.webhookAttempts);
      const { attempts, status: end, nextAttemptAt } = await row();
      const times = attempts.map(({ at }) => at.getTime());
      const waitsMs = times.map((atMs, index) => atMs - (times[index - 1] ?? atMs));
      expect(waitsMs).toEqual(attemptStepsMs.map((ms) => Math.round(ms * (0.8 + 0.4 * random))));
      expect({ end, nextAttemptAt }).toEqual({ end: 'failed', nextAttemptAt: undefined });
      expect(posts).toHaveLength(limits.webhookAttempts);
      expect(new Set(posts.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
      expect(new Set(posts.map(({ body }) => body)).size).toBe(1);
      expect(new Set(posts.map(({ headers }) => headers['webhook-timestamp'])).size).toBe(10);
    }
  });

  test('Retry-After is honoured between one and two times the step', async () => {
    for (const [seconds, waitMs] of [
      [1, 5000],
      [7, 7000],
      [86_400, 10_000],
    ] as const) {
      const { attempt, world } = await scene();
      world.random = 0;
      world.answer = status(429, seconds);
      expect(await attempt()).toEqual({ done: false, waitMs });
    }
  });

  test('410 disables the endpoint at once', async () => {
    const { attempt, endpoint, row, world, posts, announce } = await scene();
    const second = await announce('export2');
    world.answer = status(410);
    expect(await attempt()).toEqual({ done: true });
    const disabledAt = new Date(world.nowMs);
    expect(await endpoint()).toMatchObject({ disabledAt, disabledReason: 'gone' });
    expect(await row()).toMatchObject({ status: 'dropped', attempts: [{ status: 410 }] });
    expect(await attempt(second)).toEqual({ done: true });
    expect(await row(second)).toMatchObject({ status: 'dropped', attempts: [] });
    expect(posts).toHaveLength(1);
    expect(await announce('export3')).toBe('');
  });

  test('410 from an address that the endpoint has left does not disable it', async () => {
    const { attempt, endpoint, endpoints, deps, row, world, id, senderOf, starter } = await scene();
    const { createDeliverer } = await import('../../../lib/core/webhooks/deliver.ts');
    const post = async () => {
      const stored = await endpoints.find('acme', 'endpoint1');
      if (stored === undefined) throw new TypeError('no row');
      await endpoints.update({ ...stored.value, url: 'https://new.example.com/' }, stored.etag);
      return status(410);
    };
    const sender = senderOf({ outbound: { post } });
    const result = await createDeliverer({ ...deps, sender }).attempt('acme', id, starter);
    expect(result).toEqual({ done: false, waitMs: 5000 });
    expect((await endpoint()).disabledAt).toBeUndefined();
    world.nowMs += 5000;
    world.answer = accepted;
    expect(await attempt()).toEqual({ done: true });
    expect(await row()).toMatchObject({
      status: 'delivered',
      attempts: [{ status: 410, error: 'http_status' }, { status: 204 }],
    });
  });

  test('a daily export that only fails disables its endpoint five days after the clock began', async () => {
    const { attempt, endpoint, world, announce, started, endpoints, deliveries } = await scene();
    await endpoints.insert(sampleEndpoint({ id: 'other', events: ['webhook.disabled'] }));
    await endpoints.insert(sampleEndpoint({ id: 'deaf', events: ['export.started'] }));
    const beganMs = world.nowMs;
    await attempt();
    world.nowMs += 5000;
    await attempt();
    expect((await endpoint()).failingSince).toBeUndefined();
    world.nowMs += 300_000;
    await attempt();
    const clockBeganMs = world.nowMs;
    for (let day = 1; day < 5; day++) {
      world.nowMs = beganMs + day * dayMs;
      await attempt(await announce(`day ${day}`));
    }
    world.nowMs = clockBeganMs + 5 * dayMs - 60_000;
    await attempt(await announce('a minute early'));
    expect(await endpoint()).toMatchObject({ failingSince: new Date(clockBeganMs) });
    expect((await endpoint()).disabledAt).toBeUndefined();
    world.nowMs += 60_000;
    const last = await announce('in time');
    expect(started).toEqual([]);
    expect(await attempt(last)).toEqual({ done: true });
    const disabledAt = new Date(world.nowMs);
    expect(await endpoint()).toMatchObject({ disabledAt, disabledReason: 'failing' });
    const notices = deliveries.all('acme').filter(({ type }) => type === 'webhook.disabled');
    expect(notices.map(({ endpointId, status: state }) => ({ endpointId, state }))).toEqual([
      { endpointId: 'other', state: 'pending' },
    ]);
    expect(started).toEqual(notices.map(({ id }) => id));
    expect(JSON.parse(notices[0]?.body ?? '')).toEqual({
      type: 'webhook.disabled',
      timestamp: disabledAt.toISOString(),
      sequence: 1,
      tenantId: 'acme',
      endpointId: 'endpoint1',
      disabledAt: disabledAt.toISOString(),
      reason: 'failing',
    });
  });

  test('the notice of a disabled endpoint survives a crash right after disabling, and goes out once', async () => {
    const { attempt, announce, endpoints, deliveries, deps, world, id, starter } = await scene();
    const { createDeliverer } = await import('../../../lib/core/webhooks/deliver.ts');
    await endpoints.insert(sampleEndpoint({ id: 'other', events: ['webhook.disabled'] }));
    const second = await announce('export2');
    world.answer = status(410);
    const crash = new Error('crash');
    const crashing = createDeliverer({
      ...deps,
      notifier: { notify: () => Promise.reject(crash) },
    });
    await expect(crashing.attempt('acme', id, starter)).rejects.toBe(crash);
    world.nowMs += 60_000;
    await attempt();
    await attempt(second);
    const notices = deliveries.all('acme').filter(({ type }) => type === 'webhook.disabled');
    expect(notices).toHaveLength(1);
  });

  test('a weekly export with one failed delivery is not disabled by the next first failure', async () => {
    for (const random of [0, 1 - Number.EPSILON]) {
      const { attempt, endpoint, world, announce } = await scene();
      world.random = random;
      const mondayMs = world.nowMs;
      let result = await attempt();
      while (!result.done) {
        world.nowMs += result.waitMs;
        result = await attempt();
      }
      world.nowMs = mondayMs + 7 * dayMs;
      const next = await announce('the week after');
      expect(await attempt(next)).toEqual({ done: false, waitMs: expect.any(Number) });
      expect((await endpoint()).disabledAt).toBeUndefined();
    }
  });

  test('failures more than a day apart do not even start the clock', async () => {
    const { attempt, endpoint, world, announce } = await scene();
    for (let week = 0; week < 10; week++) {
      await attempt(await announce(`week ${week}`));
      world.nowMs += 7 * dayMs;
    }
    const { failingSince, disabledAt } = await endpoint();
    expect({ failingSince, disabledAt }).toEqual({});
  });

  test('a hundred deliveries that fail at once are counted without a fight over the row', async () => {
    const { attempt, announce, endpoint, posts, world } = await scene();
    const ids = await Promise.all(Array.from({ length: 100 }, (_, n) => announce(`e${n}`)));
    const results = await Promise.all(ids.map((id) => attempt(id)));
    expect(new Set(results.map(({ done }) => done))).toEqual(new Set([false]));
    expect(posts).toHaveLength(100);
    const { failingSince, lastFailureAt } = await endpoint();
    expect({ failingSince, lastFailureAt }).toEqual({ lastFailureAt: new Date(world.nowMs) });
  });

  test('one success ends the row of failures', async () => {
    const { attempt, endpoint, world, announce } = await scene();
    await attempt();
    world.nowMs += 305_000;
    await attempt();
    expect((await endpoint()).failingSince).toBeDefined();
    world.nowMs += 100 * hourMs;
    world.answer = accepted;
    await attempt(await announce('export2'));
    const { failingSince, lastFailureAt, failingMs } = await endpoint();
    expect({ failingSince, lastFailureAt, failingMs }).toEqual({});
  });
});
