import { createHmac } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import { createOutbound } from '../../../lib/adapters/webhooks/outbound-client.ts';
import { createAnnouncer } from '../../../lib/core/webhooks/announce.ts';
import { createDeliverer } from '../../../lib/core/webhooks/deliver.ts';
import type { EndpointInput } from '../../../lib/core/webhooks/endpoint-input.ts';
import { createEndpointService } from '../../../lib/core/webhooks/endpoints.ts';
import { memoryDeliveryStore, memoryEndpointStore } from '../../support/memory-webhook-stores.ts';
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
  const service = createEndpointService({
    endpoints,
    sealer,
    urlRules,
    destinations: outbound,
    clock,
  });
  const made = await service.create('acme', 'key:k1', { ...input, url: `${receiver.url}/hook` });
  const announcer = createAnnouncer({ endpoints, deliveries });
  const random = () => 0.5;
  const deliverer = createDeliverer({
    endpoints,
    deliveries,
    outbound,
    sealer,
    clock,
    random,
    log,
  });
  const [id = ''] = await announcer.announce(sampleEvent());
  const attempt = () => deliverer.attempt('acme', id);
  return { ...made, world, attempt, endpoints, row: () => deliveries.find('acme', id) };
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

  test('X5 until it says 410', async () => {
    const receiver = await startWebhookReceiver({ answer: () => ({ status: 410 }) });
    const { attempt, endpoints, endpoint } = await pipeline(receiver);
    expect(await attempt()).toEqual({ done: true });
    await receiver.stop();
    const stored = await endpoints.find('acme', endpoint.id);
    expect(stored?.value).toMatchObject({ disabledReason: 'gone' });
  });
});
