import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { exportJWK, FlattenedSign, generateKeyPair } from 'jose';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { downloadAll } from '../../../lib/local-host/demo/download.ts';
import { readPart } from '../../../lib/local-host/demo/read-part.ts';
import { startReceiver } from '../../../lib/local-host/demo/receiver.ts';
import { verifyManifest } from '../../../lib/local-host/demo/verify-manifest.ts';
import { verifyWebhook } from '../../../lib/local-host/demo/verify-webhook.ts';

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-verify-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

test('a manifest is believed only with the signature over its very bytes', async () => {
  const { privateKey, publicKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519' });
  const bytes = Buffer.from('{"rows": 1}\n');
  const header = { alg: 'EdDSA', kid: 'k1' };
  const jws = await new FlattenedSign(bytes).setProtectedHeader(header).sign(privateKey);
  const signature = Buffer.from(`${jws.protected ?? ''}..${jws.signature}`);
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'EdDSA' };
  const published = Buffer.from(JSON.stringify({ keys: [jwk] }));
  expect(await verifyManifest(bytes, signature, published)).toBe('k1');
  const changed = Buffer.from('{"rows": 2}\n');
  await expect(verifyManifest(changed, signature, published)).rejects.toThrow('is wrong');
  const strangers = Buffer.from(JSON.stringify({ keys: [] }));
  await expect(verifyManifest(bytes, signature, strangers)).rejects.toThrow('is wrong');
});

test('a webhook is believed only with the secret that was shown', async () => {
  const secret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
  const body = JSON.stringify({ type: 'export.completed', rows: 5 });
  const at = new Date();
  const headers = {
    'webhook-id': 'msg_1',
    'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
    'webhook-signature': new Webhook(secret).sign('msg_1', at, body),
  };
  expect(verifyWebhook({ headers, body }, secret)).toEqual({ type: 'export.completed', rows: 5 });
  const other = `whsec_${Buffer.alloc(32, 2).toString('base64')}`;
  expect(() => verifyWebhook({ headers, body }, other)).toThrow('is wrong');
  const changed = body.replace('5', '6');
  expect(() => verifyWebhook({ headers, body: changed }, secret)).toThrow('is wrong');
});

test('the receiver keeps what comes and says when nothing does', async () => {
  const receiver = await startReceiver();
  try {
    const { signal } = new AbortController();
    const early = receiver.find(() => true, 50, signal);
    await expect(early).rejects.toThrow('did not come within 0.05 s; 0 others came');
    const answer = await fetch(receiver.url, { method: 'POST', body: 'hello' });
    expect(answer.status).toBe(204);
    const found = await receiver.find(({ body }) => body === 'hello', 1_000, signal);
    expect(found.headers['content-length']).toBe('5');
  } finally {
    await receiver.stop();
  }
});

test('a download gets its name only when size and SHA-256 are right', async () => {
  const server = createServer((_, response) => response.end('content'));
  const url = await listen(server);
  try {
    const good = linkTo(url, 'good.csv.gz', 'content');
    await download(good);
    expect(await readFile(join(folder, 'good.csv.gz'), 'utf8')).toBe('content');
    const otherBytes = linkTo(url, 'forged.csv.gz', 'CONTENT');
    await expect(download(otherBytes)).rejects.toThrow('forged.csv.gz has another SHA-256');
    const cut = linkTo(url, 'cut.csv.gz', 'content and more');
    await expect(download(cut)).rejects.toThrow('cut.csv.gz has 7 bytes instead of 16');
    expect(await readdir(folder)).toEqual(['cut.csv.gz.part', 'forged.csv.gz.part', 'good.csv.gz']);
  } finally {
    server.close();
  }
});

test('records are counted, not lines, and rows of somebody else are found', async () => {
  const text = 'id,tenant_id,body\n1,t-1,"two\nlines"\n2,t-2,\n3,t-1,"a ""quote"", and a comma"\n';
  expect(await read(text)).toEqual({
    columns: ['id', 'tenant_id', 'body'],
    rows: 3,
    uncompressedBytes: Buffer.byteLength(text),
    foreignRows: 1,
  });
});

test.each([
  ['id,tenant_id\n1,t-1,3\n', 'Invalid Record Length'],
  ['id,tenant_id\n1,"t-1\n', 'Quote Not Closed'],
  ['id,name\n1,x\n', 'The header has no tenant_id'],
])('a file that is not proper CSV is refused: %j', async (text, reason) => {
  await expect(read(text)).rejects.toThrow(reason);
});

async function read(text: string) {
  const path = join(folder, 'part.csv.gz');
  await writeFile(path, gzipSync(text));
  const { signal } = new AbortController();
  return readPart(path, 't-1', { signal, onRows: () => undefined });
}

function linkTo(url: string, name: string, content: string) {
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { name, url, bytes: Buffer.byteLength(content), sha256, rows: 0 };
}

async function download(link: ReturnType<typeof linkTo>): Promise<void> {
  const { signal } = new AbortController();
  await downloadAll({ links: [link], directory: folder, signal, onBytes: () => undefined });
}

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('no port');
  return `http://127.0.0.1:${address.port}`;
}
