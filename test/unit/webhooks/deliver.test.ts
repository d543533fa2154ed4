import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import { SluiceError } from '../../../lib/core/errors.ts';
import { limits } from '../../../lib/core/limits.ts';
import { createDeliverer } from '../../../lib/core/webhooks/deliver.ts';
import type { OutboundRequest, OutboundResult } from '../../../lib/core/webhooks/outbound.ts';
import { memoryEndpointStore } from '../../support/memory-webhook-stores.ts';
import { sampleEndpoint, sampleSigningSecret } from '../../support/webhook-samples.ts';
import { accepted, hourMs, refused, scene, status } from './scene.ts';

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
    expect(await deliverer.attempt('acme', gone.id, gone.starter)).toEqual({ done: true });
    expect(await gone.row()).toMatchObject({ status: 'dropped', attempts: [] });
    expect(gone.posts).toEqual([]);

    const off = await scene();
    await endpoints.insert(sampleEndpoint({ disabledAt: new Date() }));
    await createDeliverer({ ...off.deps, endpoints }).attempt('acme', off.id, off.starter);
    expect(await off.row()).toMatchObject({ status: 'dropped', attempts: [] });
    expect(off.posts).toEqual([]);
  });

  test('for a delivery that does not exist, or is another tenant’s, does nothing', async () => {
    const { deps, id, posts, starter } = await scene();
    const deliverer = createDeliverer(deps);
    expect(await deliverer.attempt('acme', 'none', starter)).toEqual({ done: true });
    expect(await deliverer.attempt('other', id, starter)).toEqual({ done: true });
    expect(posts).toEqual([]);
  });

  test('writes neither secret, signature, URL nor body into the log', async () => {
    const { attempt, lines, posts } = await scene();
    await attempt();
    const text = lines.join('\n');
    expect(text).toContain('webhook attempted');
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

describe('S22 crashes and races', () => {
  test('a result lost after the post is sent again with the same webhook-id and body', async () => {
    const { deps, attempt, id, posts, row, world, starter } = await scene();
    world.answer = accepted;
    const lost = new SluiceError('storage_unavailable');
    const update = () => Promise.reject(lost);
    const crashing = createDeliverer({ ...deps, deliveries: { ...deps.deliveries, update } });
    await expect(crashing.attempt('acme', id, starter)).rejects.toBe(lost);
    world.nowMs += 30_000;
    expect(await attempt()).toEqual({ done: true });
    expect(posts).toHaveLength(2);
    expect(posts[1]?.headers['webhook-id']).toBe(posts[0]?.headers['webhook-id']);
    expect(posts[1]?.body).toBe(posts[0]?.body);
    expect(await row()).toMatchObject({ status: 'delivered', attempts: [{ status: 204 }] });
  });

  test('storage trouble is thrown and never counted against the customer', async () => {
    const { deps, id, posts, row, endpoint, starter, senderOf } = await scene();
    const trouble = new SluiceError('storage_unavailable');
    const endpoints = { ...deps.endpoints, find: () => Promise.reject(trouble) };
    const withoutEndpoints = createDeliverer({ ...deps, endpoints });
    await expect(withoutEndpoints.attempt('acme', id, starter)).rejects.toBe(trouble);
    const sealer = { openFor: () => Promise.reject(new SluiceError('secret_unavailable')) };
    const withoutSecrets = createDeliverer({ ...deps, sender: senderOf({ sealer }) });
    await expect(withoutSecrets.attempt('acme', id, starter)).rejects.toMatchObject({
      code: 'secret_unavailable',
    });
    expect(posts).toEqual([]);
    expect((await row()).attempts).toEqual([]);
    expect(await endpoint()).not.toHaveProperty('lastFailureAt');
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
        inner = deliverer.attempt('acme', made.id, made.starter);
        await inner;
      }
      return answer;
    };
    const deliverer = createDeliverer({
      ...made.deps,
      sender: made.senderOf({ outbound: { post } }),
    });
    const outer = await deliverer.attempt('acme', made.id, made.starter);
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
    expect(await lateSuccess.endpoint()).not.toHaveProperty('lastFailureAt');
    const earlySuccess = await twins(refused, accepted);
    expect(earlySuccess.outer).toEqual({ done: true });
    expect(await earlySuccess.row()).toMatchObject({ status: 'delivered' });
  });

  test('the attempts never exceed ten, even with twins at every step', async () => {
    const { deps, id, row, world, starter } = await scene();
    const deliverer = createDeliverer(deps);
    for (let round = 0; round < 30; round++) {
      await Promise.allSettled([1, 2, 3].map(() => deliverer.attempt('acme', id, starter)));
      world.nowMs += 30 * hourMs;
    }
    const { attempts, status } = await row();
    expect(attempts.length).toBeLessThanOrEqual(limits.webhookAttempts);
    expect(status).not.toBe('pending');
  });

  test('a change of the endpoint meanwhile is kept', async () => {
    const { deps, id, endpoint, endpoints, starter, senderOf } = await scene();
    const post = async (): Promise<OutboundResult> => {
      const stored = await endpoints.find('acme', 'endpoint1');
      if (stored === undefined) throw new TypeError('no row');
      await endpoints.update({ ...stored.value, events: ['export.failed'] }, stored.etag);
      return refused;
    };
    const sender = senderOf({ outbound: { post } });
    await createDeliverer({ ...deps, sender }).attempt('acme', id, starter);
    expect(await endpoint()).toMatchObject({
      url: 'https://hooks.example.com/sluice?token=abc',
      events: ['export.failed'],
      lastFailureAt: expect.any(Date),
    });
  });
});

describe('what is told of an attempt', () => {
  test('the line has everything that a query asks for, and the metric neither tenant nor id', async () => {
    const { attempt, id, lines, told, world } = await scene();
    world.answer = accepted;
    await attempt();
    const line = lines.map((text) => JSON.parse(text)).find(isAttempt);
    expect(line).toEqual({
      message: 'webhook attempted',
      tenantId: 'acme',
      exportId: 'export1',
      deliveryId: id,
      endpointId: 'endpoint1',
      type: 'export.completed',
      attempt: 1,
      status: 204,
      deliveryStatus: 'delivered',
      durationMs: 0,
    });
    expect(told).toEqual([
      ['deliveryAttempted', { outcome: 'delivered', type: 'export.completed' }],
    ]);
  });

  test('each outcome is counted by its name: another attempt to come, none left, endpoint gone', async () => {
    const { attempt, told, world } = await scene();
    for (let made = 0; made < limits.webhookAttempts; made++) {
      await attempt();
      world.nowMs += 30 * hourMs;
    }
    const retried = await scene();
    retried.world.answer = status(410);
    await retried.attempt();
    const outcomes = [...told, ...retried.told].map(([, facts]) =>
      'outcome' in facts ? facts.outcome : undefined,
    );
    expect(new Set(outcomes.slice(0, -2))).toEqual(new Set(['retrying']));
    expect(outcomes.slice(-2)).toEqual(['failed', 'dropped']);
  });

  test('of a delivery that is dropped without a post there is no attempt', async () => {
    const { attempt, told, lines } = await scene({ endpoint: { disabledAt: new Date() } });
    await attempt();
    expect(told).toEqual([]);
    expect(lines.filter((text) => isAttempt(JSON.parse(text)))).toEqual([]);
  });

  const isAttempt = ({ message }: { readonly message: string }) => message === 'webhook attempted';
});
