import { describe, expect, test } from 'vitest';
import { createAnnouncer, createNotifier } from '../../../lib/core/webhooks/announce.ts';
import { createDeliverer } from '../../../lib/core/webhooks/deliver.ts';
import { notingMetrics } from '../../support/noting-metrics.ts';
import { sampleEvent } from '../../support/webhook-samples.ts';
import { now, service, silent, url } from './service-scene.ts';

describe('X5 verifying sends what waits', () => {
  const at = (minutes: number) => new Date(now.getTime() + minutes * 60_000);

  /** Three events at an address that is not proven: the first was sent, two wait for their hours. */
  async function waiting() {
    const made = service();
    const { endpoint } = await made.create('acme', 'key:k1', { url });
    const deliverer = createDeliverer({
      ...made,
      notifier: createNotifier(made),
      metrics: notingMetrics(),
      random: () => 0.5,
    });
    const attempt = (id: string) => deliverer.attempt('acme', id, made.starter);
    const ids: string[] = [];
    for (const minutes of [1, 2, 3]) {
      made.world.nowMs = at(minutes).getTime();
      const event = sampleEvent({ exportId: `export${minutes}`, at: at(minutes) });
      ids.push(...(await createAnnouncer(made).announce(event)));
      await attempt(ids.at(-1) ?? '');
    }
    made.posts.length = 0;
    const row = async (id: string) => (await made.deliveries.find('acme', id))?.value;
    return { ...made, id: endpoint.id, ids, attempt, row };
  }

  test('at once, the oldest first, each event once', async () => {
    const { verify, id, ids, started, row, attempt, posts, enable, starter } = await waiting();
    expect(await verify('acme', id)).toMatchObject({ caughtUp: 2 });
    const repeated = await Promise.all(started.map(row));
    expect(repeated.map((found) => [found?.exportId, found?.redeliveryOf])).toEqual([
      ['export2', ids[1]],
      ['export3', ids[2]],
    ]);
    posts.length = 0;
    for (const started_ of started) expect(await attempt(started_)).toEqual({ done: true });
    // The orchestrations that still sleep find nothing to do when they wake.
    for (const waited of ids) expect(await attempt(waited)).toEqual({ done: true });
    expect(posts).toHaveLength(2);
    expect((await verify('acme', id)).caughtUp).toBe(0);
    expect((await enable('acme', id, starter)).caughtUp).toBe(0);
  });

  test('in full, though the first try dies half-way', async () => {
    const { verify, id, started, starter, deliveries, enable } = await waiting();
    const { startDelivery } = starter;
    starter.startDelivery = () => Promise.reject(new Error('died'));
    await expect(verify('acme', id)).rejects.toThrow('died');
    starter.startDelivery = startDelivery;
    expect((await enable('acme', id, starter)).caughtUp).toBe(2);
    const open = deliveries.all('acme').filter(({ status: found }) => found === 'pending');
    expect(new Set(started)).toEqual(new Set(open.map(({ id: found }) => found)));
    expect(open).toHaveLength(2);
  });

  test('and enabling sends nothing that still lacks the proof; redelivering says what to do', async () => {
    const { enable, redeliver, verify, id, ids, starter, started, row, world } = await waiting();
    expect((await enable('acme', id, starter)).caughtUp).toBe(0);
    await expect(redeliver('acme', ids[1] ?? '', starter)).rejects.toMatchObject({
      code: 'webhook_state',
      message: expect.stringContaining(`POST /api/v1/webhooks/${id}/verify`),
    });
    expect(await row(ids[1] ?? '')).toMatchObject({ status: 'pending' });
    world.receive = silent;
    await verify('acme', id);
    expect(started).toEqual([]);
  });

  test('also when the proof comes at the moment in which the delivery is put off', async () => {
    const { create, endpoints, deliveries, verify, attempt, ...made } = await waiting();
    const { update } = deliveries;
    const event = sampleEvent({ exportId: 'export4', at: at(3) });
    const [late = ''] = await createAnnouncer({ endpoints, deliveries }).announce(event);
    deliveries.update = async (value, etag) => {
      deliveries.update = update;
      await verify('acme', made.id);
      return update(value, etag);
    };
    made.posts.length = 0;
    expect(await attempt(late)).toEqual({ done: false, waitMs: 0 });
    expect(await attempt(late)).toEqual({ done: true });
    expect(await made.row(late)).toMatchObject({ status: 'delivered' });
  });

  test('but nothing while the endpoint is disabled; enabling then sends it', async () => {
    const { verify, enable, id, endpoints, started, starter } = await waiting();
    const stored = await endpoints.find('acme', id);
    if (stored === undefined) throw new TypeError('no row');
    await endpoints.update({ ...stored.value, disabledAt: now }, stored.etag);
    expect((await verify('acme', id)).caughtUp).toBe(0);
    expect(started).toEqual([]);
    expect((await enable('acme', id, starter)).caughtUp).toBe(2);
  });

  test('a challenge itself is never sent again', async () => {
    const { verify, redeliver, id, deliveries, starter } = await waiting();
    await verify('acme', id);
    const call = deliveries.all('acme').find(({ type }) => type === 'webhook.validation');
    await expect(redeliver('acme', call?.id ?? '', starter)).rejects.toMatchObject({
      code: 'webhook_state',
      message: expect.stringContaining('/verify'),
    });
  });
});
