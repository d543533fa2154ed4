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
  webhookListAnswer,
  webhookTestAnswer,
  webhookVerifiedAnswer,
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

test('X5 the receiver is asked once it can know the secret, and a test says how it went', async () => {
  const json = { url: `${receiver.url}/consent` };
  const { id, ...made } = (await call('POST', 'webhooks', json)).as(webhookCreatedAnswer);
  expect(made).toMatchObject({
    verified: false,
    verification: { next: expect.stringContaining(`POST /api/v1/webhooks/${id}/verify`) },
  });
  expect(receiver.challenges.filter(({ path }) => path === '/consent')).toEqual([]);
  const verified = (await call('POST', `webhooks/${id}/verify`)).as(webhookVerifiedAnswer);
  expect(verified).toMatchObject({ verified: true, verifiedBy: 'challenge', caughtUp: 0 });
  const challenge = receiver.challenges.find(({ path }) => path === '/consent');
  if (challenge === undefined) throw new Error('no challenge');
  new Webhook(made.secret).verify(challenge.body, headersOf(challenge));
  const tested = (await call('POST', `webhooks/${id}/test`)).as(webhookTestAnswer);
  expect(tested).toMatchObject({
    verified: true,
    delivery: { type: 'webhook.test', status: 'delivered', attempts: [{ status: 204 }] },
  });
  const sent = await receiver.next(at('/consent', 'webhook.test'), 10_000);
  new Webhook(made.secret).verify(sent.body, headersOf(sent));
  expect(await deliveries(id)).toMatchObject([
    tested.delivery,
    { type: 'webhook.validation', status: 'delivered', attempts: [{ status: 200 }] },
  ]);
});

test('X5 L10 without consent each event is sent once and an hour apart; verifying sends what waits, with retries', async () => {
  const tenant = await api.tenant(sourceIds.alpha);
  const ask = (method: string, path: string, json?: unknown) =>
    api.call(method, `v1/${path}`, { key: tenant.key, ...(json === undefined ? {} : { json }) });
  let status = 500;
  // Like Zapier: everything is taken, nothing is given back.
  const stubborn = await startWebhookReceiver({
    answer: () => ({ status }),
    answerChallenge: () => ({ status: 200, body: '{"status":"success"}' }),
  });
  const made = await api.webhook(tenant, { url: `${stubborn.url}/hook` });
  expect(made).toMatchObject({
    verified: false,
    verification: { status: 200, error: 'challenge_not_echoed', next: expect.any(String) },
  });
  const logOf = async () =>
    (await ask('GET', `webhooks/${made.id}/deliveries`)).as(deliveryListAnswer).items;
  const deliveryOf = (exportId: string, fits: (found: DeliveryAnswer) => boolean) =>
    waitFor(
      `a delivery of ${exportId}`,
      async () => (await logOf()).find((found) => found.exportId === exportId && fits(found)),
      30_000,
    );
  const first = await api.run(tenant, ['people']);
  const failed = await deliveryOf(first.id, (found) => found.status === 'failed');
  expect(failed).toMatchObject({ attempts: [{ status: 500, error: 'http_status' }] });
  const second = await api.run(tenant, ['people']);
  const waits = await deliveryOf(second.id, (found) => found.nextAttemptAt !== undefined);
  expect(waits).toMatchObject({ status: 'pending', attempts: [] });
  (await ask('POST', `deliveries/${waits.id}/redeliver`)).problem(409, 'webhook_state');
  expect(stubborn.requests).toHaveLength(1);

  const code: unknown = JSON.parse(
    stubborn.requests[0]?.body.toString('utf8') ?? '',
  ).verificationCode;
  (await ask('POST', `webhooks/${made.id}/verify`, { code: 'guessed' })).problem(
    422,
    'webhook_code_wrong',
  );
  const verified = await ask('POST', `webhooks/${made.id}/verify`, { code });
  expect(verified.as(webhookVerifiedAnswer)).toMatchObject({
    verified: true,
    verifiedBy: 'code',
    caughtUp: 1,
  });
  const retried = await deliveryOf(second.id, (found) => found.attempts.length > 1);
  expect(retried).toMatchObject({ redeliveryOf: waits.id, webhookId: waits.webhookId });
  status = 204;
  await ask('DELETE', `webhooks/${made.id}`);
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
  // The export is ready before it is announced, and only the announcement writes down what is missed.
  await waitFor(
    'the missed delivery',
    async () => {
      const log = (await ask('GET', `v1/webhooks/${id}/deliveries`)).as(deliveryListAnswer).items;
      return log.find(({ exportId, status }) => exportId === missed.id && status === 'dropped');
    },
    30_000,
  );
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
  const isEvent = ({ type, status }: DeliveryAnswer) =>
    type === 'export.completed' && status === 'delivered';
  const first = await delivery(made.id, isEvent);
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

test('X5 the same Idempotency-Key makes one endpoint', async () => {
  const send = (json: object, key: string) =>
    api.call('POST', 'v1/webhooks', {
      key: alpha.key,
      json,
      headers: { 'idempotency-key': key },
    });
  const json = { url: `${receiver.url}/once` };
  const made = (await send(json, 'once')).as(webhookCreatedAnswer);
  expect((await send(json, 'once')).problem(409, 'already_created').id).toBe(made.id);
  (await send({ url: `${receiver.url}/other` }, 'once')).problem(422, 'idempotency_key_reused');
  const { items } = (await call('GET', 'webhooks')).as(webhookListAnswer);
  expect(items.filter(({ url }) => url === json.url)).toHaveLength(1);
});

test('S7 a secret stays with the URL that it was given for', async () => {
  const auth = { kind: 'bearer', token: 'CANARY-of-the-first-path' };
  const made = await api.webhook(alpha, { url: `${receiver.url}/first`, auth });
  const moved = await call('PATCH', `webhooks/${made.id}`, { url: `${receiver.url}/second` });
  const { errors } = moved.problem(400, 'invalid_body');
  expect(errors).toMatchObject([{ pointer: '/auth' }]);
  const seen = [...receiver.requests, ...receiver.challenges];
  expect(seen.filter(({ path }) => path === '/second')).toEqual([]);
  expect(seen.some(({ headers }) => headers.authorization === `Bearer ${auth.token}`)).toBe(true);
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
