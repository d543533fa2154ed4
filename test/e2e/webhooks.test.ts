import { createHmac } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type DeliveryAnswer,
  deliveryAnswer,
  deliveryListAnswer,
  webhookAnswer,
  webhookCreatedAnswer,
  webhookEnabledAnswer,
  webhookTestAnswer,
} from '../../lib/api/webhooks.ts';
import { waitFor } from '../support/wait-for.ts';
import {
  type ReceivedRequest,
  type ReceiverAnswer,
  startWebhookReceiver,
  type WebhookReceiver,
} from '../support/webhook-receiver.ts';
import type { Tenant } from './support/api.ts';
import { api } from './support/suite.ts';
import { sourceIds } from './support/vendor-database.ts';

const answers = new Map<string, ReceiverAnswer>();
let receiver: WebhookReceiver;
let alpha: Tenant;

beforeAll(async () => {
  receiver = await startWebhookReceiver({
    answer: ({ path }) => answers.get(path) ?? { status: 204 },
  });
  alpha = await api.tenant(sourceIds.alpha);
});
afterAll(() => receiver.stop());

const call = (method: string, path: string, json?: unknown) =>
  api.call(method, `v1/${path}`, { key: alpha.key, ...(json === undefined ? {} : { json }) });

const headersOf = ({ headers }: ReceivedRequest) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));

const at = (path: string, type: string) => (request: ReceivedRequest) =>
  request.path === path && request.body.toString('utf8').startsWith(`{"type":"${type}"`);

async function deliveries(id: string): Promise<readonly DeliveryAnswer[]> {
  return (await call('GET', `webhooks/${id}/deliveries`)).as(deliveryListAnswer).items;
}

/** The first delivery of the endpoint that fits. */
function delivery(id: string, fits: (found: DeliveryAnswer) => boolean): Promise<DeliveryAnswer> {
  return waitFor('a delivery', async () => (await deliveries(id)).find(fits), 30_000);
}

test('X5 the receiver consents on the first save, and a test says how it went', async () => {
  const made = await api.webhook(alpha, { url: `${receiver.url}/consent` });
  expect(made).toMatchObject({ verified: true, verifiedAt: expect.any(String) });
  const challenge = receiver.challenges.find(({ path }) => path === '/consent');
  if (challenge === undefined) throw new Error('no challenge');
  new Webhook(made.secret).verify(challenge.body, headersOf(challenge));
  const tested = (await call('POST', `webhooks/${made.id}/test`)).as(webhookTestAnswer);
  expect(tested).toMatchObject({
    verified: true,
    delivery: { type: 'webhook.test', status: 'delivered', attempts: [{ status: 204 }] },
  });
  const sent = await receiver.next(at('/consent', 'webhook.test'), 10_000);
  new Webhook(made.secret).verify(sent.body, headersOf(sent));
  expect(await deliveries(made.id)).toEqual([tested.delivery]);
});

test('X5 without consent an endpoint is unverified, gets each event once, and can be verified later', async () => {
  let consents = false;
  const stubborn = await startWebhookReceiver({
    answer: () => ({ status: 500 }),
    answerChallenge: (challenge) => ({ status: 200, body: consents ? challenge : 'no' }),
  });
  const made = await api.webhook(alpha, { url: `${stubborn.url}/hook` });
  expect(made).toMatchObject({ verified: false });
  const { id } = await api.run(alpha, ['people']);
  const failed = await delivery(made.id, ({ status }) => status === 'failed');
  expect(failed).toMatchObject({ exportId: id, attempts: [{ status: 500, error: 'http_status' }] });
  expect((await call('POST', `webhooks/${made.id}/test`)).as(webhookTestAnswer)).toEqual({
    verified: false,
  });
  expect(stubborn.requests).toHaveLength(1);
  consents = true;
  const verified = (await call('POST', `webhooks/${made.id}/verify`)).as(webhookAnswer);
  expect(verified.verified).toBe(true);
  await call('DELETE', `webhooks/${made.id}`);
  await stubborn.stop();
});

test('S22 in a rotation both secrets sign; the new one is shown once', async () => {
  const made = await api.webhook(alpha, { url: `${receiver.url}/rotate` });
  const rotated = (await call('POST', `webhooks/${made.id}/rotate-secret`, { overlapHours: 1 })).as(
    webhookCreatedAnswer,
  );
  await call('POST', `webhooks/${made.id}/test`);
  const sent = await receiver.next(at('/rotate', 'webhook.test'), 10_000);
  for (const secret of [made.secret, rotated.secret]) {
    new Webhook(secret).verify(sent.body, headersOf(sent));
  }
  const shown = await call('GET', `webhooks/${made.id}`);
  expect(shown.as(webhookAnswer).previousSecretUntil).toEqual(expect.any(String));
  expect(shown.text).not.toContain('whsec_');
});

test('S23 410 disables at once and the other endpoints hear of it; enabling catches up', async () => {
  const tenant = await api.tenant(sourceIds.alpha);
  const ask = (method: string, path: string) => api.call(method, path, { key: tenant.key });
  const watching = { url: `${receiver.url}/watch`, events: ['webhook.disabled'] };
  const watcher = await api.webhook(tenant, watching);
  const { id } = await api.webhook(tenant, { url: `${receiver.url}/gone` });
  answers.set('/gone', { status: 410 });
  await api.run(tenant, ['people']);
  const notice = await receiver.next(at('/watch', 'webhook.disabled'), 30_000);
  new Webhook(watcher.secret).verify(notice.body, headersOf(notice));
  expect(JSON.parse(notice.body.toString('utf8'))).toMatchObject({
    tenantId: tenant.id,
    endpointId: id,
    reason: 'gone',
  });
  const shown = (await ask('GET', `v1/webhooks/${id}`)).as(webhookAnswer);
  expect(shown).toMatchObject({ disabledReason: 'gone', disabledAt: expect.any(String) });

  const missed = await api.run(tenant, ['people']);
  answers.delete('/gone');
  const before = receiver.requests.filter(({ path }) => path === '/gone').length;
  expect(before).toBe(1);
  const enabled = (await ask('POST', `v1/webhooks/${id}/enable`)).as(webhookEnabledAnswer);
  expect(enabled.disabledAt).toBeUndefined();
  expect(enabled.caughtUp).toBe(2);
  await receiver.next(
    (request) =>
      request.path === '/gone' &&
      request.headers['webhook-id'] !== undefined &&
      request.body.includes(missed.id),
    30_000,
  );
});

test('S23 a finished delivery is sent again with the same webhook-id and a new timestamp', async () => {
  const made = await api.webhook(alpha, { url: `${receiver.url}/again` });
  await api.run(alpha, ['people']);
  const first = await delivery(made.id, ({ status }) => status === 'delivered');
  const answer = await call('POST', `deliveries/${first.id}/redeliver`);
  expect(answer.status).toBe(202);
  const again = answer.as(deliveryAnswer);
  expect(again).toMatchObject({ redeliveryOf: first.id, webhookId: first.webhookId });
  await delivery(made.id, (found) => found.id === again.id && found.status === 'delivered');
  const sent = receiver.requests.filter(({ path }) => path === '/again');
  expect(sent.map(({ headers }) => headers['webhook-id'])).toEqual([
    first.webhookId,
    first.webhookId,
  ]);
  for (const request of sent) new Webhook(made.secret).verify(request.body, headersOf(request));
  (await call('POST', 'deliveries/none/redeliver')).problem(404, 'not_found');
});

test('X5 after a change of the URL everything goes to the new one, and Lakeside’s proof stays', async () => {
  const secret = 'a-lakeside-secret-of-enough-length';
  const auth = { kind: 'lakeside', secret };
  const made = await api.webhook(alpha, { url: `${receiver.url}/old`, auth });
  const changed = (
    await call('PATCH', `webhooks/${made.id}`, {
      url: `${receiver.url}/new`,
      auth: { kind: 'lakeside' },
    })
  ).as(webhookAnswer);
  expect(changed).toMatchObject({ url: `${receiver.url}/new`, verified: true });
  await api.run(alpha, ['people']);
  const sent = await receiver.next(at('/new', 'export.completed'), 30_000);
  const expected = createHmac('sha256', secret).update(sent.body).digest('base64');
  expect(sent.headers['x-lakeside-hmac-sha256']).toBe(expected);
  expect(receiver.requests.filter(({ path }) => path === '/old')).toEqual([]);
});

describe('L7 S7 secrets that were given', () => {
  const canary = 'CANARY-9d1f-not-to-be-seen';
  const auths: readonly object[] = [
    { kind: 'basic', username: 'u', password: canary },
    { kind: 'bearer', token: canary },
    { kind: 'headers', headers: [{ name: 'x-api-key', value: canary }] },
    { kind: 'lakeside', secret: canary },
    { kind: 'oauth2', tokenUrl: 'http://127.0.0.1:1/', clientId: 'c', clientSecret: canary },
  ];

  test('never come back, whatever is asked and whatever goes wrong', async () => {
    const texts: string[] = [];
    const signing: string[] = [];
    for (const auth of auths) {
      const made = await call('POST', 'webhooks', { url: `${receiver.url}/canary`, auth });
      const { id, secret } = made.as(webhookCreatedAnswer);
      signing.push(secret);
      texts.push(made.text.replace(secret, ''));
      const asked = [
        await call('GET', `webhooks/${id}`),
        await call('GET', 'webhooks'),
        await call('PATCH', `webhooks/${id}`, { events: ['export.failed'] }),
        await call('PATCH', `webhooks/${id}`, { auth: { ...auth, extra: canary } }),
        await call('PATCH', `webhooks/${id}`, { url: 'nonsense', auth }),
        await call('POST', 'webhooks', { url: canary, auth }),
        await call('POST', `webhooks/${id}/test`),
        await call('POST', `webhooks/${id}/verify`),
        await call('POST', `webhooks/${id}/enable`),
        await call('GET', `webhooks/${id}/deliveries`),
        await call('DELETE', `webhooks/${id}`),
      ];
      texts.push(...asked.map(({ text }) => text));
    }
    const all = texts.join('\n');
    expect(all).not.toContain(canary);
    for (const secret of signing) expect(all).not.toContain(secret);
    expect(all).not.toMatch(/sealed/i);
  });
});

test.each([
  ['Host', 'inside'],
  ['X-IDENTITY-HEADER', 'x'],
  ['Metadata', 'true'],
  ['webhook-id', 'msg_1'],
  ['Content-Length', '1'],
  ['x-good', 'a\r\nX-Evil: 1'],
])('S21 the header %s: %j is refused', async (name, value) => {
  const auth = { kind: 'headers', headers: [{ name, value }] };
  const answer = await call('POST', 'webhooks', { url: `${receiver.url}/headers`, auth });
  const { errors } = answer.problem(400, 'invalid_body');
  expect(errors).toMatchObject([{ pointer: expect.stringMatching(/^\/auth\/headers\/0\//) }]);
});
