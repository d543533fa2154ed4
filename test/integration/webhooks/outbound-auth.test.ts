import { describe, expect, test } from 'vitest';
import {
  createOutbound,
  type OutboundOptions,
} from '../../../lib/adapters/webhooks/outbound-client.ts';
import { createWebhookSender } from '../../../lib/core/webhooks/send-webhook.ts';
import { hostileAddresses } from '../../support/addresses.ts';
import { watchConnections } from '../../support/watch-connections.ts';
import { startWebhookReceiver } from '../../support/webhook-receiver.ts';
import { recordingLog, sampleEndpoint, transparentSealer } from '../../support/webhook-samples.ts';

const message = { webhookId: 'msg_1', body: '{}' };

function endpointWith(url: string, tokenUrl: string) {
  return sampleEndpoint({
    url,
    auth: { kind: 'oauth2', tokenUrl, clientId: 'c', sendSecretIn: 'header' },
    sealedAuthSecret: JSON.stringify(['acme', 'endpoint1', 'authSecret', 'CANARY-secret']),
  });
}

function senderWith(options: Partial<OutboundOptions>) {
  const urlRules = { allowLoopback: true, extraPorts: [], ownHosts: [] };
  const log = recordingLog();
  const outbound = createOutbound({ urlRules, log, ...options });
  const clock = () => new Date();
  return { log, ...createWebhookSender({ outbound, sealer: transparentSealer, clock }) };
}

describe('S18 the OAuth token URL', () => {
  test.each(hostileAddresses)('that leads to %s is never connected to', async (address) => {
    const { send } = senderWith({ resolver: async () => ['8.8.8.8', address] });
    const endpoint = endpointWith('https://hooks.example.com/', 'https://login.example.com/');
    using connections = watchConnections();
    expect(await send(endpoint, message)).toEqual({ ok: false, error: 'token_failure' });
    expect(connections.count).toBe(0);
  });

  test('that cannot be looked up is never connected to', async () => {
    const { send } = senderWith({ resolver: () => Promise.reject(new Error('SERVFAIL')) });
    const endpoint = endpointWith('https://hooks.example.com/', 'https://login.example.com/');
    using connections = watchConnections();
    expect(await send(endpoint, message)).toEqual({ ok: false, error: 'token_failure' });
    expect(connections.count).toBe(0);
  });

  test.each([301, 302, 303, 307, 308])('S19 that answers %i is not followed', async (status) => {
    const sink = await startWebhookReceiver();
    const headers = { location: `${sink.url}/inside` };
    const tokens = await startWebhookReceiver({ answer: () => ({ status, headers }) });
    const receiver = await startWebhookReceiver();
    const { send } = senderWith({});
    const result = await send(endpointWith(receiver.url, tokens.url), message);
    await Promise.all([sink.stop(), tokens.stop(), receiver.stop()]);
    expect(result).toEqual({ ok: false, error: 'token_failure' });
    expect([tokens.requests.length, sink.requests, receiver.requests]).toEqual([1, [], []]);
  });

  test('S20 whose answer is cut at 16 KiB gives no token', async () => {
    const body = JSON.stringify({
      padding: ' '.repeat(20_000),
      access_token: 'abc',
      token_type: 'Bearer',
    });
    const tokens = await startWebhookReceiver({ answer: () => ({ status: 200, body }) });
    const { send } = senderWith({});
    const result = await send(endpointWith('https://hooks.example.com/', tokens.url), message);
    await tokens.stop();
    expect(result).toEqual({ ok: false, error: 'token_failure' });
  });

  test('S7 neither its secret nor its token is in the log', async () => {
    const answer = '{"access_token":"CANARY-token","token_type":"Bearer"}';
    const tokens = await startWebhookReceiver({ answer: () => ({ status: 200, body: answer }) });
    const { send, log } = senderWith({});
    // Nothing listens on port 1.
    const result = await send(endpointWith('http://127.0.0.1:1/', tokens.url), message);
    await tokens.stop();
    expect(result).toEqual({ ok: false, error: 'connect_failure' });
    expect(log.lines).toHaveLength(1);
    expect(log.lines.join()).not.toContain('CANARY');
    expect(log.lines.join()).not.toContain(Buffer.from('c:CANARY-secret').toString('base64'));
  });
});

describe('X5 custom headers', () => {
  test('S21 arrive beside the signature; what may not be saved may not be sent either', async () => {
    const receiver = await startWebhookReceiver();
    const sealed = (headers: object) =>
      JSON.stringify(['acme', 'endpoint1', 'authSecret', JSON.stringify(headers)]);
    const endpoint = sampleEndpoint({
      url: receiver.url,
      auth: { kind: 'headers', names: ['x-api-key'] },
      sealedAuthSecret: sealed({ 'x-api-key': 'k 1' }),
    });
    const { send } = senderWith({});
    expect(await send(endpoint, message)).toEqual({ ok: true, status: 204 });
    for (const name of ['metadata', 'host', 'x-identity-header', 'X-Upper', 'webhook-extra']) {
      const smuggling = { ...endpoint, sealedAuthSecret: sealed({ [name]: 'v' }) };
      await expect(send(smuggling, message)).rejects.toThrow(TypeError);
    }
    await receiver.stop();
    expect(receiver.requests).toHaveLength(1);
    expect(receiver.requests[0]?.headers).toMatchObject({
      'x-api-key': 'k 1',
      'webhook-signature': expect.stringMatching(/^v1,/),
    });
  });
});

test('S18 an answer’s text is read only for whoever asks for it', async () => {
  const receiver = await startWebhookReceiver({ answer: () => ({ status: 200, body: 'text' }) });
  const urlRules = { allowLoopback: true, extraPorts: [], ownHosts: [] };
  const outbound = createOutbound({ urlRules, log: recordingLog() });
  const request = { url: receiver.url, headers: {}, body: '{}' };
  const results = [
    await outbound.post(request),
    await outbound.post({ ...request, readAnswer: true }),
  ];
  await receiver.stop();
  expect(results).toEqual([
    { ok: true, status: 200 },
    { ok: true, status: 200, answer: 'text' },
  ]);
});
