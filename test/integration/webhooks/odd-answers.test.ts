import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import tls from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createOutbound } from '../../../lib/adapters/webhooks/outbound-client.ts';
import {
  createAuthority,
  type IssuedCertificate,
  issueCertificate,
} from '../../support/issue-certificate.ts';
import { recordingLog } from '../../support/webhook-samples.ts';

/** A path for each answer; it is sent whole, or byte by byte below `/slowly`. */
const answers: Readonly<Record<string, string>> = {
  'a folded header': 'HTTP/1.1 200 OK\r\nX-Trace: one\r\n two\r\nContent-Length: 2\r\n\r\nok',
  'lines that end with LF alone': 'HTTP/1.1 200 OK\nContent-Length: 2\n\nok',
  'two equal lengths': 'HTTP/1.1 201 Made\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok',
  'a length and chunks':
    'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
  'a blank in a name': 'HTTP/1.1 200 OK\r\nX Trace: 1\r\nContent-Length: 2\r\n\r\nok',
  'a bad byte in a value': 'HTTP/1.1 204 \r\nX-Trace: a\x00b\r\n\r\n',
  'no reason, and a length that is none': 'HTTP/1.1 202\r\nContent-Length: two\r\n\r\n',
  'an end in the middle of its header': 'HTTP/1.0 200 OK\r\nContent-Le',
  'news before it':
    'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nX Y: 1\r\n\r\n',
};

const failures: Readonly<Record<string, readonly [string, object]>> = {
  'asks for patience': [
    'HTTP/1.1 503 Busy\r\nRetry-After:  90 \r\nX-Trace: one\r\n two\r\n\r\n',
    { error: 'http_status', status: 503, retryAfterSeconds: 90 },
  ],
  'is gone': ['HTTP/1.1 410 Gone\n\n', { error: 'http_status', status: 410 }],
  redirects: [
    'HTTP/1.1 302 Found\r\nLocation: /a\r\nX Y: 1\r\n\r\n',
    { error: 'http_status', status: 302 },
  ],
  'changes the protocol': [
    'HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n',
    { error: 'http_status', status: 101 },
  ],
  'has only news': ['HTTP/1.1 103 Early\r\nX Y: 1\r\n\r\n', { error: 'unreadable_answer' }],
  'speaks another protocol': ['SSH-2.0-OpenSSH_9.6\r\n', { error: 'unreadable_answer' }],
  'speaks a later HTTP': ['HTTP/2 200\r\n\r\n', { error: 'unreadable_answer' }],
  'has no number': ['HTTP/1.1 OK\r\n\r\n', { error: 'unreadable_answer' }],
  'has half a status line': ['HTTP/1.1 200', { error: 'unreadable_answer' }],
  'has a status only in its body': [
    'HTTP/1.1\r\n\r\nHTTP/1.1 200 OK\r\n\r\n',
    { error: 'unreadable_answer' },
  ],
};

const texts = new Map([
  ...Object.entries(answers),
  ...Object.entries(failures).map(([name, [text]]) => [name, text] as const),
]);

/** Reads the whole request, then says what its path asks for, and ends. */
async function serve(socket: Socket): Promise<void> {
  socket.on('error', () => undefined);
  const [first] = (await once(socket, 'data')) as [Buffer];
  const [, pace, name = ''] = /^POST \/(\w+)\/([^ ]*) /.exec(first.toString('latin1')) ?? [];
  const answer = Buffer.from(texts.get(decodeURIComponent(name)) ?? '', 'latin1');
  socket.setNoDelay(true);
  if (pace === 'whole') socket.write(answer);
  for (const byte of pace === 'slowly' ? answer : []) {
    socket.write(Buffer.of(byte));
    await new Promise(setImmediate);
  }
  socket.end();
}

let authority: IssuedCertificate;
let plain: ReturnType<typeof createServer>;
let secure: tls.Server;
const ports = { http: 0, https: 0 };

async function listen(server: ReturnType<typeof createServer>): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('no port');
  return address.port;
}

beforeAll(async () => {
  authority = await createAuthority();
  const certificate = await issueCertificate({ ipAddresses: ['127.0.0.1'], authority });
  plain = createServer((socket) => void serve(socket));
  secure = tls.createServer(certificate, (socket) => void serve(socket));
  ports.http = await listen(plain);
  ports.https = await listen(secure);
});

afterAll(() => {
  plain.close();
  secure.close();
});

async function post(scheme: 'http' | 'https', pace: string, name: string, readAnswer = false) {
  const urlRules = { allowLoopback: true, extraPorts: [], ownHosts: [] };
  const outbound = createOutbound({ urlRules, log: recordingLog(), ca: authority.cert });
  const url = `${scheme}://127.0.0.1:${ports[scheme]}/${pace}/${encodeURIComponent(name)}`;
  return outbound.post({ url, headers: {}, body: '{}', readAnswer });
}

describe.each([
  ['http', 'whole'],
  ['http', 'slowly'],
  ['https', 'whole'],
  ['https', 'slowly'],
] as const)('S23 L10 over %s, %s, the status line decides of an answer', (scheme, pace) => {
  test.each(Object.keys(answers))('with %s', async (name) => {
    const status = Number(/ ((?!1)\d{3})/.exec(answers[name] ?? '')?.[1]);
    expect(await post(scheme, pace, name)).toEqual({ ok: true, status });
  });

  test.each(Object.keys(failures))('that %s', async (name) => {
    expect(await post(scheme, pace, name)).toEqual({ ok: false, ...failures[name]?.[1] });
  });
});

test('X5 a challenge is not given back by an answer whose body cannot be found', async () => {
  expect(await post('http', 'whole', 'two equal lengths', true)).toEqual({ ok: true, status: 201 });
});
