import { createLocalJWKSet, flattenedVerify } from 'jose';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { exportListAnswer } from '../../lib/api/exports.ts';
import { signingKeysAnswer } from '../../lib/api/public.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts';
import type { Tenant } from './support/api.ts';
import { readCsv, sha256 } from './support/download.ts';
import { manifestSchema } from './support/manifest.ts';
import { api } from './support/suite.ts';
import { sourceIds } from './support/vendor-database.ts';

let receiver: WebhookReceiver;
let alpha: Tenant;

beforeAll(async () => {
  receiver = await startWebhookReceiver();
  alpha = await api.tenant(sourceIds.alpha);
});
afterAll(() => receiver.stop());

const webhookBody = z.looseObject({ type: z.string(), invocationId: z.string() });
const bodyOf = (request: { readonly body: Buffer }) =>
  webhookBody.parse(JSON.parse(request.body.toString('utf8')));

test('A1 A2 A3 L1 L2 L6 X1 an export: start, webhook, manifest, links, files', async () => {
  const { secret } = await api.webhook(alpha, { url: `${receiver.url}/hook` });
  const started = await api.call('POST', 'v1/exports', {
    key: alpha.key,
    json: { tables: [{ name: 'people' }, { name: 'nothing_yet' }] },
  });
  expect(started.status).toBe(202);
  const id = started.headers.get('location')?.split('/').at(-1) ?? '';
  expect(started.headers.get('location')).toBe(`/api/v1/exports/${id}`);
  expect(started.headers.get('retry-after')).toMatch(/^\d+$/);

  const done = await api.finished(alpha, id);
  expect(done).toMatchObject({
    id,
    invocationId: id,
    tenantId: alpha.id,
    status: 'ready',
    attempt: 1,
    progress: { tablesDone: 2, tablesTotal: 2, rows: 3, rowsExpected: 3, percent: 100 },
    tables: [
      { name: 'people', status: 'ready', rows: 3, countedRows: 3, parts: 1 },
      { name: 'nothing_yet', status: 'ready', rows: 0, countedRows: 0, parts: 1 },
    ],
    totals: { tables: 2, files: 2, rows: 3 },
  });
  const lifeMs = Date.parse(done.expiresAt ?? '') - Date.parse(done.completedAt ?? '');
  expect(lifeMs).toBe(7 * 86_400_000);

  const manifest = await api.call('GET', `v1/exports/${id}/manifest`, { key: alpha.key });
  const manifestBytes = Buffer.from(manifest.text);
  expect(sha256(manifestBytes)).toBe(done.manifest?.sha256);
  await verifyManifest(id, manifestBytes);
  const listed = manifestSchema.parse(JSON.parse(manifest.text));
  expect(listed.excluded).toEqual([
    { table: 'audit_trail', reason: 'Kept by the vendor for its own compliance.' },
  ]);

  const links = await api.links(alpha, id);
  expect(links.files.map(({ name, rows, sha256: hash }) => ({ name, rows, hash }))).toEqual(
    listed.tables.flatMap(({ files }) =>
      files.map(({ name, rows, sha256: hash }) => ({ name, rows, hash })),
    ),
  );
  const [people, nothing] = await Promise.all(links.files.map(readCsv));
  expect(people?.header).toEqual(['id', 'tenant_id', 'name', 'note']);
  expect(people?.records).toEqual([
    ['1', 't-a', 'Ada', ''],
    ['2', 't-a', 'Béla "B"', ''],
    ['3', 't-a', 'new\nline', '=1+1'],
  ]);
  // X10: the one is NULL, the other the empty string.
  expect(people?.text).toContain('\n1,t-a,Ada,\n2,t-a,"Béla ""B""",""\n');
  expect(nothing).toMatchObject({ header: ['id', 'tenant_id'], records: [] });

  const request = await receiver.next((sent) => bodyOf(sent).invocationId === id, 30_000);
  const raw = request.body.toString('utf8');
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
  );
  new Webhook(secret).verify(raw, headers);
  expect(JSON.parse(raw)).toEqual({
    type: 'export.completed',
    timestamp: done.completedAt,
    sequence: 2,
    tenantId: alpha.id,
    invocationId: id,
    exportDate: done.requestedAt,
    status: 'ready',
    tables: ['people', 'nothing_yet'],
    failedTables: [],
    expirationDate: done.expiresAt,
    rows: 3,
    bytes: done.totals?.bytes,
    manifestSha256: done.manifest?.sha256,
  });
  expect(raw).not.toMatch(/https?:|sig=|Ada/);
});

async function verifyManifest(id: string, bytes: Buffer): Promise<void> {
  const jws = await api.call('GET', `v1/exports/${id}/manifest?format=jws`, { key: alpha.key });
  const keys = await api.call('GET', 'v1/signing-keys');
  const [header = '', payload, signature = ''] = jws.text.split('.');
  expect(payload).toBe('');
  const token = { protected: header, payload: bytes.toString('base64url'), signature };
  await flattenedVerify(token, createLocalJWKSet(keys.as(signingKeysAnswer)), {
    algorithms: ['EdDSA'],
  });
}

test('L10 Lakeside: the five fields, its HMAC header, and one token for all files', async () => {
  const lakeside = 'a-lakeside-secret-of-enough-length';
  const auth = { kind: 'lakeside', secret: lakeside };
  await api.webhook(alpha, { url: `${receiver.url}/lakeside`, auth });
  const { id } = await api.run(alpha, ['people']);
  const sent = await receiver.next(
    (request) => request.path === '/lakeside' && bodyOf(request).invocationId === id,
    30_000,
  );
  const { createHmac } = await import('node:crypto');
  const expected = createHmac('sha256', lakeside).update(sent.body).digest('base64');
  expect(sent.headers['x-lakeside-hmac-sha256']).toBe(expected);
  expect(Object.keys(bodyOf(sent))).toEqual(
    expect.arrayContaining(['tenantId', 'exportDate', 'tables', 'invocationId', 'expirationDate']),
  );

  const answer = await api.call('GET', `dataegress/geturl/${id}?expirationHours=8`, {
    headers: { 'systrack-api-key': alpha.key },
  });
  const { baseUrl, sasToken, files } = answer.as(
    z.strictObject({ baseUrl: z.string(), sasToken: z.string(), files: z.array(z.string()) }),
  );
  expect(baseUrl.endsWith(`/exp-${id}/`)).toBe(true);
  expect(files).toEqual(['people-00001.csv.gz']);
  const token = new URLSearchParams(sasToken);
  expect({ sr: token.get('sr'), sp: token.get('sp') }).toEqual({ sr: 'c', sp: 'r' });
  expect((await fetch(baseUrl + files[0] + sasToken)).status).toBe(200);
  const tooLong = await api.call('GET', `dataegress/geturl/${id}?expirationHours=9`, {
    key: alpha.key,
  });
  tooLong.problem(400, 'link_lifetime_too_long');
});

test('L1 Basic authentication stands beside the signature, and the password never comes back', async () => {
  const auth = { kind: 'basic', username: 'hook', password: 'correct horse battery' };
  const made = await api.webhook(alpha, { url: `${receiver.url}/basic`, auth });
  expect(made.auth).toEqual({ kind: 'basic', username: 'hook', set: true });
  const { id } = await api.run(alpha, ['people']);
  const sent = await receiver.next(
    (request) => request.path === '/basic' && bodyOf(request).invocationId === id,
    30_000,
  );
  const credentials = Buffer.from('hook:correct horse battery').toString('base64');
  expect(sent.headers.authorization).toBe(`Basic ${credentials}`);
  const listed = await api.call('GET', 'v1/webhooks', { key: alpha.key });
  expect(listed.text).not.toMatch(/correct horse|whsec_|sealed/i);
});

test.each(['gzip', 'zstd', 'none'])(
  'B3 compression %s gives the same records',
  async (compression) => {
    const { id } = await api.run(alpha, ['people'], { compression });
    const [file] = (await api.links(alpha, id)).files;
    if (file === undefined) throw new Error('no file');
    const extension = { gzip: '.csv.gz', zstd: '.csv.zst', none: '.csv' }[compression];
    expect(file.name).toBe(`people-00001${extension}`);
    expect((await readCsv(file)).records).toHaveLength(3);
  },
);

test('chosen columns come in the chosen order', async () => {
  const done = await api.run(alpha, [], { tables: [{ name: 'people', columns: ['note', 'id'] }] });
  const [file] = (await api.links(alpha, done.id)).files;
  if (file === undefined) throw new Error('no file');
  expect((await readCsv(file)).header).toEqual(['note', 'id']);
});

test('two starts with one Idempotency-Key give one export, and another request is refused', async () => {
  const start = (table: string) =>
    api.call('POST', 'v1/exports', {
      key: alpha.key,
      json: { tables: [{ name: table }] },
      headers: { 'idempotency-key': 'run-of-monday' },
    });
  const answers = await Promise.all([start('people'), start('people'), start('people')]);
  const ids = new Set(answers.map((answer) => answer.headers.get('location')));
  expect(answers.map(({ status }) => status)).toEqual([202, 202, 202]);
  expect(ids.size).toBe(1);
  (await start('all_types')).problem(422, 'idempotency_key_reused');
});

test('lists are newest first, in pages', async () => {
  const fresh = await api.tenant(sourceIds.alpha);
  const ids: string[] = [];
  for (let n = 0; n < 3; n++) ids.unshift(await api.start(fresh, ['people']));
  const first = await api.call('GET', 'v1/exports?limit=2', { key: fresh.key });
  const { items, nextCursor } = first.as(exportListAnswer);
  expect(items.map(({ id }) => id)).toEqual(ids.slice(0, 2));
  const second = await api.call('GET', `v1/exports?limit=2&cursor=${nextCursor}`, {
    key: fresh.key,
  });
  expect(second.as(exportListAnswer)).toEqual({
    items: [expect.objectContaining({ id: ids[2] })],
  });
});
