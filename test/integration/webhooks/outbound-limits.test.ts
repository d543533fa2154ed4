import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { OutboundTimes } from '../../../lib/adapters/webhooks/outbound-client.ts';
import { createOutbound } from '../../../lib/adapters/webhooks/outbound-client.ts';
import { startRawServer } from '../../support/raw-server.ts';
import { startWebhookReceiver } from '../../support/webhook-receiver.ts';
import { recordingLog } from '../../support/webhook-samples.ts';

const mebibyte = 1024 * 1024;
const body = '{"größe":"ß"}';

function client(times: Partial<OutboundTimes> = {}) {
  const urlRules = { allowLoopback: true, extraPorts: [], ownHosts: [] };
  return createOutbound({ urlRules, log: recordingLog(), times });
}

/** Posts once to a server that does this, and measures. */
async function postTo(
  serve: (socket: Socket) => void,
  times: Partial<OutboundTimes> = {},
  scheme = 'http',
) {
  await using server = await startRawServer(serve);
  const url = `${scheme}://127.0.0.1:${server.port}/`;
  const startMs = performance.now();
  const result = await client(times).post({ url, headers: {}, body });
  const [socket] = server.sockets;
  return {
    result,
    tookMs: performance.now() - startMs,
    sentBytes: socket?.bytesWritten ?? 0,
    connections: server.sockets.length,
  };
}

/** Writes the chunk again and again for as long as the client takes it. */
function pour(socket: Socket, chunk: string): void {
  const more = (): void => {
    // Stops when the socket is full (until it drains) or closed.
    while (!socket.destroyed && socket.write(chunk));
    if (!socket.destroyed) socket.once('drain', more);
  };
  more();
}

/** Writes the chunk every 20 ms until the client breaks off. */
function drip(socket: Socket, chunk: string): void {
  const timer = setInterval(() => socket.write(chunk), 20);
  socket.once('close', () => clearInterval(timer));
}

describe('S19 redirects', () => {
  test.each([301, 302, 303, 307, 308])('%i is one request and a failure', async (status) => {
    const sink = await startWebhookReceiver();
    const headers = { location: `${sink.url}/inside` };
    const receiver = await startWebhookReceiver({ answer: () => ({ status, headers }) });
    const result = await client().post({ url: receiver.url, headers: {}, body });
    await Promise.all([receiver.stop(), sink.stop()]);
    expect(result).toEqual({ ok: false, error: 'http_status', status });
    expect(receiver.requests).toHaveLength(1);
    expect(sink.requests).toEqual([]);
  });
});

describe('L1 the call', () => {
  test('carries the exact bytes, the given headers, ours, and nothing else', async () => {
    const receiver = await startWebhookReceiver();
    const headers = {
      'webhook-id': 'msg_1',
      'webhook-timestamp': '1795168800',
      'webhook-signature': 'v1,abc=',
      authorization: 'Basic dTpw',
      'x-lakeside-hmac-sha256': 'def=',
    };
    const result = await client().post({ url: `${receiver.url}/a%20b?c=d`, headers, body });
    await receiver.stop();
    expect(result).toEqual({ ok: true, status: 204 });
    expect(receiver.requests).toEqual([
      {
        method: 'POST',
        path: '/a%20b?c=d',
        body: Buffer.from(body),
        receivedAt: expect.any(Date),
        headers: {
          ...headers,
          host: `127.0.0.1:${receiver.port}`,
          'content-type': 'application/json',
          'content-length': String(Buffer.byteLength(body)),
          'user-agent': 'sluice-webhooks/1',
          accept: '*/*',
          'accept-encoding': 'identity',
          connection: 'close',
        },
      },
    ]);
  });

  test.each([
    ['host', 'inside'],
    ['metadata', 'true'],
    ['x-identity-header', 'secret'],
    ['content-length', '1'],
    ['content-type', 'text/plain'],
    ['transfer-encoding', 'chunked'],
    ['user-agent', 'other'],
    ['connection', 'keep-alive'],
    ['Authorization', 'Basic dTpw'],
    ['webhook-id', 'msg_1\r\nhost: inside'],
    ['authorization', 'Basic\n'],
  ])('refuses the header %s: %j', async (name, value) => {
    const receiver = await startWebhookReceiver();
    const posting = client().post({ url: receiver.url, headers: { [name]: value }, body });
    await expect(posting).rejects.toThrow(TypeError);
    await receiver.stop();
    expect(receiver.requests).toEqual([]);
  });

  test.each([200, 201, 202, 204, 299])('%i is success', async (status) => {
    const receiver = await startWebhookReceiver({ answer: () => ({ status }) });
    const result = await client().post({ url: receiver.url, headers: {}, body });
    await receiver.stop();
    expect(result).toEqual({ ok: true, status });
  });

  test.each([
    [400, {}, {}],
    [410, {}, {}],
    [429, { 'retry-after': '120' }, { retryAfterSeconds: 120 }],
    [503, { 'retry-after': 'soon' }, {}],
  ])('%i with %j is a failure with what it says', async (status, headers, more) => {
    const receiver = await startWebhookReceiver({ answer: () => ({ status, headers }) });
    const result = await client().post({ url: receiver.url, headers: {}, body });
    await receiver.stop();
    expect(result).toEqual({ ok: false, error: 'http_status', status, ...more });
  });
});

describe('S20 limits of an answer', () => {
  test('an endless body is cut; the status counts', async () => {
    const answered = await postTo((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      pour(socket, 'x'.repeat(65_536));
    });
    expect(answered.result).toEqual({ ok: true, status: 200 });
    expect(answered.sentBytes).toBeLessThan(16 * mebibyte);
    expect(answered.tookMs).toBeLessThan(5000);
  });

  test('a gzip bomb is not unpacked', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * mebibyte));
    const answered = await postTo((socket) => {
      socket.write(
        `HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: ${bomb.length}\r\n\r\n`,
      );
      socket.write(bomb);
    });
    expect(answered.result).toEqual({ ok: true, status: 200 });
    expect(answered.tookMs).toBeLessThan(5000);
  });

  test('a body that drips is left when the time is up; the status counts', async () => {
    const answered = await postTo(
      (socket) => {
        socket.write('HTTP/1.1 500 Oh\r\ncontent-length: 1000\r\n\r\n');
        drip(socket, 'x');
      },
      { totalMs: 300 },
    );
    expect(answered.result).toEqual({ ok: false, error: 'http_status', status: 500 });
    expect(answered.tookMs).toBeGreaterThan(250);
    expect(answered.tookMs).toBeLessThan(2000);
  });

  const patience: readonly (readonly [string, string, string, object])[] = [
    ['drip; the status counts', 'HTTP/1.1 200 OK\r\n', 'x: y\r\n', { ok: true, status: 200 }],
    [
      'are only informational',
      '',
      'HTTP/1.1 103 Early Hints\r\n\r\n',
      { ok: false, error: 'timeout' },
    ],
  ];
  test.each(patience)('headers end with the time that %s', async (_name, first, chunk, result) => {
    const answered = await postTo(
      (socket) => {
        socket.write(first);
        drip(socket, chunk);
      },
      { totalMs: 300 },
    );
    expect(answered.result).toEqual(result);
    expect(answered.tookMs).toBeLessThan(2000);
  });

  test.each([
    ['one large header', `x: ${'y'.repeat(9000)}\r\n\r\n`],
    ['many small headers', `${'name: value\r\n'.repeat(1000)}\r\n`],
    ['a header without end', 'x: '],
  ])('%s is cut; the status counts', async (_name, headers) => {
    const answered = await postTo((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\n${headers}`);
      if (!headers.endsWith('\n')) pour(socket, 'y'.repeat(1000));
    });
    expect(answered.result).toEqual({ ok: true, status: 200 });
    expect(answered.sentBytes).toBeLessThan(16 * mebibyte);
  });

  test('a server that closes at once has failed to answer', async () => {
    const answered = await postTo((socket) => socket.end());
    expect(answered.result).toEqual({ ok: false, error: 'connect_failure' });
    expect(answered.connections).toBe(1);
  });
});

describe('S20 limits of time', () => {
  test('an answer that does not come ends with the time', async () => {
    const answered = await postTo(() => undefined, { totalMs: 200 });
    expect(answered.result).toEqual({ ok: false, error: 'timeout' });
    expect(answered.tookMs).toBeLessThan(2000);
  });

  test('a TLS handshake that does not come ends with the time for connecting', async () => {
    const answered = await postTo(() => undefined, { connectMs: 200 }, 'https');
    expect(answered.result).toEqual({ ok: false, error: 'timeout' });
    expect(answered.tookMs).toBeLessThan(2000);
  });

  test('nobody listening is a failure to connect', async () => {
    const server = await startRawServer(() => undefined);
    await server[Symbol.asyncDispose]();
    for (const host of ['127.0.0.1', 'localhost']) {
      const url = `http://${host}:${server.port}/`;
      const result = await client().post({ url, headers: {}, body });
      expect(result).toEqual({ ok: false, error: 'connect_failure' });
    }
  });

  test('our own end of the call is thrown, so that it is not held against the customer', async () => {
    const controller = new AbortController();
    await using server = await startRawServer(() => controller.abort(new Error('shutting down')));
    const request = { url: `http://127.0.0.1:${server.port}/`, headers: {}, body };
    await expect(client().post(request, controller.signal)).rejects.toMatchObject({
      code: 'internal_error',
    });
    await expect(client().post(request, controller.signal)).rejects.toMatchObject({
      code: 'internal_error',
    });
  });
});
