import { createHmac } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import { createOutbound } from '../../../lib/adapters/webhooks/outbound-client.ts';
import { createAnnouncer, createNotifier } from '../../../lib/core/webhooks/announce.ts';
import { createDeliverer } from '../../../lib/core/webhooks/deliver.ts';
import type { EndpointInput } from '../../../lib/core/webhooks/endpoint-input.ts';
import { createEndpointService } from '../../../lib/core/webhooks/endpoints.ts';
import { createWebhookSender } from '../../../lib/core/webhooks/send-webhook.ts';
import { memoryIdempotencyStore } from '../../support/memory-idempotency-store.ts';
import {
  memoryCallBudgetStore,
  memoryDeliveryStore,
  memoryEndpointStore,
} from '../../support/memory-webhook-stores.ts';
import { notingMetrics } from '../../support/noting-metrics.ts';
import {
  type ReceiverAnswer,
  startWebhookReceiver,
  type WebhookReceiver,
} from '../../support/webhook-receiver.ts';
import { recordingLog, sampleEvent, transparentSealer } from '../../support/webhook-samples.ts';

/** Everything between an event and a customer's server, with the stores in memory. */
async function pipeline(receiver: WebhookReceiver, input: Omit<EndpointInput, 'url'> = {}) {
  const urlRules = { allowLoopback: true, extraPorts: [], ownHosts: [] };
  const log = recordingLog();
  const outbound = createOutbound({ urlRules, log });
  const endpoints = memoryEndpointStore();
  const deliveries = memoryDeliveryStore();
  const world = { nowMs: Date.now() };
  const clock = () => new Date(world.nowMs);
  const sealer = transparentSealer;
  const sender = createWebhookSender({ outbound, sealer, clock });
  const service = createEndpointService({
    endpoints,
    deliveries,
    callBudgets: memoryCallBudgetStore(),
    idempotency: memoryIdempotencyStore(),
    sealer,
    sender,
    trustedHosts: [],
    urlRules,
    destinations: outbound,
    clock,
    log,
  });
  const made = await service.create('acme', 'key:k1', { ...input, url: `${receiver.url}/hook` });
  const starter = { startDelivery: async () => undefined };
  const { endpoint } = await service.verify('acme', made.endpoint.id, {}, starter);
  const announcer = createAnnouncer({ endpoints, deliveries });
  const random = () => 0.5;
  const deliverer = createDeliverer({
    endpoints,
    deliveries,
    sender,
    sealer,
    notifier: createNotifier({ endpoints, deliveries }),
    clock,
    random,
    log,
    metrics: notingMetrics(),
  });
  const [id = ''] = await announcer.announce(sampleEvent({ at: clock() }));
  const attempt = () => deliverer.attempt('acme', id, starter);
  return {
    ...made,
    endpoint,
    service,
    deliverer,
    starter,
    deliveries,
    log,
    world,
    attempt,
    endpoints,
    row: () => deliveries.find('acme', id),
  };
}

describe('L1 an event reaches the customer', () => {
  test('S22 signed so that the reference library accepts it', async () => {
    const receiver = await startWebhookReceiver();
    const { attempt, signingSecret, row } = await pipeline(receiver);
    expect(await attempt()).toEqual({ done: true });
    const { body, headers } = await receiver.next(({ path }) => path === '/hook', 1000);
    await receiver.stop();
    const given = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, String(value)]),
    );
    expect(new Webhook(signingSecret).verify(body, given)).toMatchObject({
      type: 'export.completed',
      invocationId: 'export1',
      tables: ['devices', 'users'],
    });
    expect((await row())?.value).toMatchObject({ status: 'delivered' });
  });

  test('X5 with Lakeside’s header over the raw body beside the signature', async () => {
    const receiver = await startWebhookReceiver();
    const secret = 'a-secret-of-lakeside-2026';
    const { attempt } = await pipeline(receiver, { auth: { kind: 'lakeside', secret } });
    await attempt();
    const { body, headers } = await receiver.next(() => true, 1000);
    await receiver.stop();
    const expected = createHmac('sha256', secret).update(body).digest('base64');
    expect(headers['x-lakeside-hmac-sha256']).toBe(expected);
    expect(headers['webhook-signature']).toMatch(/^v1,/);
  });

  test('X5 on the second attempt when the first one fails, with the same id', async () => {
    const answers: ReceiverAnswer[] = [{ status: 503, headers: { 'retry-after': '9' } }];
    const receiver = await startWebhookReceiver({
      answer: () => answers.shift() ?? { status: 200 },
    });
    const { attempt, world, row } = await pipeline(receiver);
    expect(await attempt()).toEqual({ done: false, waitMs: 9000 });
    world.nowMs += 9000;
    expect(await attempt()).toEqual({ done: true });
    await receiver.stop();
    const [first, second] = receiver.requests;
    expect(receiver.requests).toHaveLength(2);
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    expect(second?.body).toEqual(first?.body);
    expect(second?.headers['webhook-signature']).not.toBe(first?.headers['webhook-signature']);
    expect((await row())?.value.attempts).toMatchObject([
      { status: 503, error: 'http_status' },
      { status: 200 },
    ]);
  });

  test('X5 after its receiver gave back the challenge, and is verified by that', async () => {
    const receiver = await startWebhookReceiver();
    const { endpoint } = await pipeline(receiver);
    await receiver.stop();
    expect(endpoint.verifiedAt).toBeInstanceOf(Date);
    expect(receiver.requests).toEqual([]);
    expect(receiver.challenges).toHaveLength(1);
  });

  test('X5 also without consent, but once', async () => {
    const answerChallenge = () => ({ status: 204 });
    const receiver = await startWebhookReceiver({
      answerChallenge,
      answer: () => ({ status: 500 }),
    });
    const { endpoint, attempt, row } = await pipeline(receiver);
    expect(endpoint.verifiedAt).toBeUndefined();
    expect(await attempt()).toEqual({ done: true });
    await receiver.stop();
    expect((await row())?.value).toMatchObject({ status: 'failed', attempts: [{ status: 500 }] });
  });

  test('S22 in a rotation with both secrets, each accepted by the reference library', async () => {
    const receiver = await startWebhookReceiver();
    const { attempt, signingSecret: old, service, endpoint } = await pipeline(receiver);
    const { signingSecret } = await service.rotateSecret('acme', endpoint.id, { overlapHours: 1 });
    await attempt();
    await receiver.stop();
    const [request] = receiver.requests;
    if (request === undefined) throw new TypeError('no request');
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    );
    for (const secret of [old, signingSecret]) {
      const webhook = new Webhook(secret);
      expect(webhook.verify(request.body, headers)).toMatchObject({ type: 'export.completed' });
      const flipped = Buffer.from(request.body);
      flipped.writeUInt8(flipped.readUInt8(9) ^ 1, 9);
      expect(() => webhook.verify(flipped, headers)).toThrow();
      const stamped = Number(headers['webhook-timestamp']) - 301;
      expect(() =>
        webhook.verify(request.body, { ...headers, 'webhook-timestamp': String(stamped) }),
      ).toThrow();
    }
    const stranger = new Webhook(`whsec_${Buffer.alloc(32, 1).toString('base64')}`);
    expect(() => stranger.verify(request.body, headers)).toThrow();
  });

  test('X5 with a token that is fetched from the customer’s own server', async () => {
    const tokens = await startWebhookReceiver({
      answer: () => ({
        status: 200,
        body: '{"access_token":"abc","token_type":"bearer","expires_in":60}',
      }),
    });
    const receiver = await startWebhookReceiver();
    const auth = {
      kind: 'oauth2',
      tokenUrl: `${tokens.url}/token`,
      clientId: 'c',
      clientSecret: 's3cret',
    } as const;
    const { attempt } = await pipeline(receiver, { auth });
    expect(await attempt()).toEqual({ done: true });
    await Promise.all([tokens.stop(), receiver.stop()]);
    expect(receiver.requests[0]?.headers.authorization).toBe('Bearer abc');
    expect(tokens.requests).toHaveLength(1);
    expect(tokens.requests[0]).toMatchObject({
      path: '/token',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
  });

  test('S20 a challenge that is not answered in five seconds is no consent', async () => {
    const receiver = await startWebhookReceiver({
      answerChallenge: (challenge) => ({ status: 200, body: challenge, delayMs: 10_000 }),
    });
    const startMs = performance.now();
    const { endpoint } = await pipeline(receiver);
    await receiver.stop();
    expect(endpoint.verifiedAt).toBeUndefined();
    expect(performance.now() - startMs).toBeLessThan(7000);
  });

  test('X5 until it says 410', async () => {
    const receiver = await startWebhookReceiver({ answer: () => ({ status: 410 }) });
    const { attempt, endpoints, endpoint } = await pipeline(receiver);
    expect(await attempt()).toEqual({ done: true });
    await receiver.stop();
    const stored = await endpoints.find('acme', endpoint.id);
    expect(stored?.value).toMatchObject({ disabledReason: 'gone' });
  });
});
