import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import { SluiceError } from '../../../lib/core/errors.ts';
import { limits } from '../../../lib/core/limits.ts';
import { createAnnouncer } from '../../../lib/core/webhooks/announce.ts';
import { createDeliverer, type DelivererDeps } from '../../../lib/core/webhooks/deliver.ts';
import type { Delivery } from '../../../lib/core/webhooks/delivery.ts';
import type { Endpoint } from '../../../lib/core/webhooks/endpoint.ts';
import type { OutboundRequest, OutboundResult } from '../../../lib/core/webhooks/outbound.ts';
import { attemptStepsMs } from '../../../lib/core/webhooks/schedule.ts';
import { memoryDeliveryStore, memoryEndpointStore } from '../../support/memory-webhook-stores.ts';
import {
  recordingLog,
  sampleEndpoint,
  sampleEvent,
  sampleSigningSecret,
  transparentSealer,
} from '../../support/webhook-samples.ts';

const hourMs = 3_600_000;
const refused: OutboundResult = { ok: false, error: 'connect_failure' };
const accepted: OutboundResult = { ok: true, status: 204 };
const status = (code: number, retryAfterSeconds?: number): OutboundResult => ({
  ok: false,
  error: 'http_status',
  status: code,
  ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
});

/** One delivery to one endpoint, with a clock that stands still until it is moved. */
async function scene(options: { readonly endpoint?: Partial<Endpoint> } = {}) {
  const endpoints = memoryEndpointStore();
  const deliveries = memoryDeliveryStore();
  const log = recordingLog();
  const posts: OutboundRequest[] = [];
  const world = { nowMs: Date.parse('2026-11-20T10:00:00Z'), random: 0.5, answer: refused };
  const deps: DelivererDeps = {
    endpoints,
    deliveries,
    log,
    sealer: transparentSealer,
    clock: () => new Date(world.nowMs),
    random: () => world.random,
    outbound: {
      post: async (request) => {
        posts.push(request);
        return world.answer;
      },
    },
  };
  await endpoints.insert(sampleEndpoint(options.endpoint));
  const announcer = createAnnouncer({ endpoints, deliveries });
  const announce = async (exportId: string): Promise<string> => {
    const at = new Date(world.nowMs);
    const [id = ''] = await announcer.announce(sampleEvent({ exportId, at }));
    return id;
  };
  const id = await announce('export1');
  return {
    ...deps,
    deps,
    posts,
    world,
    announce,
    id,
    lines: log.lines,
    attempt: (deliveryId = id) => createDeliverer(deps).attempt('acme', deliveryId),
    row: (deliveryId = id) => valueIn<Delivery>(deliveries.find('acme', deliveryId)),
    endpoint: () => valueIn<Endpoint>(endpoints.find('acme', 'endpoint1')),
  };
}

async function valueIn<T>(stored: Promise<{ readonly value: T } | undefined>): Promise<T> {
  const found = await stored;
  if (found === undefined) throw new TypeError('no row');
  return found.value;
}

describe('L1 one attempt', () => {
  test('posts the signed body to the endpoint and closes the delivery', async () => {
    const { attempt, posts, row, world } = await scene();
    world.answer = accepted;
    expect(await attempt()).toEqual({ done: true });
    const { webhookId, body, status, attempts } = await row();
    expect(posts).toEqual([
      {
        url: 'https://hooks.example.com/sluice?token=abc',
        body,
        headers: {
          'webhook-id': webhookId,
          'webhook-timestamp': '1795168800',
          'webhook-signature': new Webhook(sampleSigningSecret).sign(
            webhookId,
            new Date(world.nowMs),
            body,
          ),
        },
      },
    ]);
    expect({ status, attempts }).toEqual({
      status: 'delivered',
      attempts: [{ at: new Date(world.nowMs), durationMs: 0, status: 204 }],
    });
    expect(await attempt()).toEqual({ done: true });
    expect(posts).toHaveLength(1);
  });

  test('sends the customer’s own proof beside the signature', async () => {
    const sealed = (secret: string) => JSON.stringify(['acme', 'endpoint1', 'authSecret', secret]);
    const basic = await scene({
      endpoint: { auth: { kind: 'basic', username: 'u' }, sealedAuthSecret: sealed('p') },
    });
    await basic.attempt();
    expect(basic.posts[0]?.headers).toMatchObject({
      authorization: 'Basic dTpw',
      'webhook-signature': expect.stringMatching(/^v1,/),
    });
    const lakeside = await scene({
      endpoint: { auth: { kind: 'lakeside' }, sealedAuthSecret: sealed('lakeside-secret') },
    });
    await lakeside.attempt();
    expect(lakeside.posts[0]?.headers).toMatchObject({
      'x-lakeside-hmac-sha256': expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/),
      'webhook-signature': expect.stringMatching(/^v1,/),
    });
  });

  test('is not made without the proof that the customer asked for', async () => {
    const { attempt, posts } = await scene({ endpoint: { auth: { kind: 'lakeside' } } });
    await expect(attempt()).rejects.toThrow(TypeError);
    expect(posts).toEqual([]);
  });

  test('that fails is recorded and says how long to wait; earlier calls wait on', async () => {
    const { attempt, posts, row, world } = await scene();
    expect(await attempt()).toEqual({ done: false, waitMs: 5000 });
    expect(await row()).toMatchObject({
      status: 'pending',
      nextAttemptAt: new Date(world.nowMs + 5000),
      attempts: [{ at: new Date(world.nowMs), durationMs: 0, error: 'connect_failure' }],
    });
    world.nowMs += 4000;
    expect(await attempt()).toEqual({ done: false, waitMs: 1000 });
    expect(posts).toHaveLength(1);
  });

  test('goes to the endpoint’s current URL', async () => {
    const { attempt, posts, world, endpoints } = await scene();
    await attempt();
    const stored = await endpoints.find('acme', 'endpoint1');
    if (stored === undefined) throw new TypeError('no row');
    await endpoints.update({ ...stored.value, url: 'https://new.example.com/' }, stored.etag);
    world.nowMs += 5000;
    await attempt();
    expect(posts.map(({ url }) => url)).toEqual([
      'https://hooks.example.com/sluice?token=abc',
      'https://new.example.com/',
    ]);
  });

  test('to an endpoint that is gone or disabled is not made: the delivery is dropped', async () => {
    const gone = await scene();
    const endpoints = memoryEndpointStore();
    const deliverer = createDeliverer({ ...gone.deps, endpoints });
    expect(await deliverer.attempt('acme', gone.id)).toEqual({ done: true });
    expect(await gone.row()).toMatchObject({ status: 'dropped', attempts: [] });
    expect(gone.posts).toEqual([]);

    const off = await scene();
    await endpoints.insert(sampleEndpoint({ disabledAt: new Date() }));
    await createDeliverer({ ...off.deps, endpoints }).attempt('acme', off.id);
    expect(await off.row()).toMatchObject({ status: 'dropped', attempts: [] });
    expect(off.posts).toEqual([]);
  });

  test('for a delivery that does not exist, or is another tenant’s, does nothing', async () => {
    const { deps, id, posts } = await scene();
    const deliverer = createDeliverer(deps);
    expect(await deliverer.attempt('acme', 'none')).toEqual({ done: true });
    expect(await deliverer.attempt('other', id)).toEqual({ done: true });
    expect(posts).toEqual([]);
  });

  test('writes neither secret, signature, URL nor body into the log', async () => {
    const { attempt, lines, posts } = await scene();
    await attempt();
    const text = lines.join('\n');
    expect(text).toContain('Webhook attempted');
    const [post] = posts;
    const secrets = [
      sampleSigningSecret,
      'token=abc',
      post?.headers['webhook-signature'],
      post?.body,
    ];
    for (const secret of secrets) expect(text).not.toContain(secret);
  });
});

describe('X5 the life of a delivery', () => {
  test('ten attempts over three days, each step exact within its jitter, one id, then failed', async () => {
    for (const random of [0, 0.5, 1 - Number.EPSILON]) {
      const { attempt, posts, row, world } = await scene();
      world.random = random;
      const endMs = world.nowMs + 6 * 24 * hourMs;
      let calls = 1;
      let result = await attempt();
      while (!result.done && calls < 100 && world.nowMs < endMs) {
        world.nowMs += result.waitMs;
        result = await attempt();
        calls += 1;
      }
      expect(calls).toBe(limits.webhookAttempts);
      const { attempts, status, nextAttemptAt } = await row();
      const times = attempts.map(({ at }) => at.getTime());
      const waitsMs = times.map((atMs, index) => atMs - (times[index - 1] ?? atMs));
      expect(waitsMs).toEqual(attemptStepsMs.map((ms) => Math.round(ms * (0.8 + 0.4 * random))));
      expect({ status, nextAttemptAt }).toEqual({ status: 'failed', nextAttemptAt: undefined });
      expect(posts).toHaveLength(limits.webhookAttempts);
      expect(new Set(posts.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
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

  test('five days of nothing but failure disable the endpoint, and not a minute earlier', async () => {
    const { attempt, endpoint, world, announce } = await scene();
    const beganMs = world.nowMs;
    await attempt();
    world.nowMs = beganMs + 120 * hourMs - 60_000;
    await attempt(await announce('export2'));
    expect(await endpoint()).toMatchObject({ failingSince: new Date(beganMs) });
    expect((await endpoint()).disabledAt).toBeUndefined();
    world.nowMs = beganMs + 120 * hourMs;
    const last = await announce('export3');
    expect(await attempt(last)).toEqual({ done: true });
    expect(await endpoint()).toMatchObject({
      disabledAt: new Date(world.nowMs),
      disabledReason: 'failing',
    });
  });

  test('one success ends the row of failures', async () => {
    const { attempt, endpoint, world, announce } = await scene();
    await attempt();
    world.nowMs += 100 * hourMs;
    world.answer = accepted;
    await attempt(await announce('export2'));
    expect(await endpoint()).not.toHaveProperty('failingSince');
    world.nowMs += 100 * hourMs;
    world.answer = refused;
    await attempt(await announce('export3'));
    expect(await endpoint()).toMatchObject({ failingSince: new Date(world.nowMs) });
    expect((await endpoint()).disabledAt).toBeUndefined();
  });
});

describe('S22 crashes and races', () => {
  test('a result lost after the post is sent again with the same webhook-id and body', async () => {
    const { deps, attempt, id, posts, row, world } = await scene();
    world.answer = accepted;
    const lost = new SluiceError('storage_unavailable');
    const update = () => Promise.reject(lost);
    const crashing = createDeliverer({ ...deps, deliveries: { ...deps.deliveries, update } });
    await expect(crashing.attempt('acme', id)).rejects.toBe(lost);
    world.nowMs += 30_000;
    expect(await attempt()).toEqual({ done: true });
    expect(posts).toHaveLength(2);
    expect(posts[1]?.headers['webhook-id']).toBe(posts[0]?.headers['webhook-id']);
    expect(posts[1]?.body).toBe(posts[0]?.body);
    expect(await row()).toMatchObject({ status: 'delivered', attempts: [{ status: 204 }] });
  });

  test('storage trouble is thrown and never counted against the customer', async () => {
    const { deps, id, posts, row, endpoint } = await scene();
    const trouble = new SluiceError('storage_unavailable');
    const endpoints = { ...deps.endpoints, find: () => Promise.reject(trouble) };
    await expect(createDeliverer({ ...deps, endpoints }).attempt('acme', id)).rejects.toBe(trouble);
    const sealer = { openFor: () => Promise.reject(new SluiceError('secret_unavailable')) };
    await expect(createDeliverer({ ...deps, sealer }).attempt('acme', id)).rejects.toMatchObject({
      code: 'secret_unavailable',
    });
    expect(posts).toEqual([]);
    expect((await row()).attempts).toEqual([]);
    expect(await endpoint()).not.toHaveProperty('failingSince');
  });

  /** Runs the other attempt while the first one's post is under way. */
  async function twins(first: OutboundResult, second: OutboundResult) {
    const made = await scene();
    const answers = [first, second];
    let inner: Promise<unknown> = Promise.resolve();
    const post = async (request: OutboundRequest): Promise<OutboundResult> => {
      made.posts.push(request);
      const answer = answers.shift();
      if (answer === undefined) throw new TypeError('a third post');
      if (answers.length === 1) {
        inner = deliverer.attempt('acme', made.id);
        await inner;
      }
      return answer;
    };
    const deliverer = createDeliverer({ ...made.deps, outbound: { post } });
    const outer = await deliverer.attempt('acme', made.id);
    return { ...made, outer, inner: await inner };
  }

  test('two runs of one failing attempt count once and agree', async () => {
    const { outer, inner, row, posts } = await twins(refused, refused);
    expect(posts).toHaveLength(2);
    expect((await row()).attempts).toHaveLength(1);
    expect(outer).toEqual(inner);
  });

  test('of two runs the one that got through decides, whichever ends first', async () => {
    const lateSuccess = await twins(accepted, refused);
    expect(lateSuccess.outer).toEqual({ done: true });
    expect(await lateSuccess.row()).toMatchObject({ status: 'delivered' });
    expect(await lateSuccess.endpoint()).not.toHaveProperty('failingSince');
    const earlySuccess = await twins(refused, accepted);
    expect(earlySuccess.outer).toEqual({ done: true });
    expect(await earlySuccess.row()).toMatchObject({ status: 'delivered' });
  });

  test('the attempts never exceed ten, even with twins at every step', async () => {
    const { deps, id, row, world } = await scene();
    const deliverer = createDeliverer(deps);
    for (let round = 0; round < 30; round++) {
      await Promise.allSettled([1, 2, 3].map(() => deliverer.attempt('acme', id)));
      world.nowMs += 30 * hourMs;
    }
    const { attempts, status } = await row();
    expect(attempts.length).toBeLessThanOrEqual(limits.webhookAttempts);
    expect(status).not.toBe('pending');
  });

  test('a change of the endpoint meanwhile is kept', async () => {
    const { deps, id, endpoint, endpoints } = await scene();
    const post = async (): Promise<OutboundResult> => {
      const stored = await endpoints.find('acme', 'endpoint1');
      if (stored === undefined) throw new TypeError('no row');
      await endpoints.update({ ...stored.value, url: 'https://new.example.com/' }, stored.etag);
      return refused;
    };
    await createDeliverer({ ...deps, outbound: { post } }).attempt('acme', id);
    expect(await endpoint()).toMatchObject({
      url: 'https://new.example.com/',
      failingSince: expect.any(Date),
    });
  });
});
