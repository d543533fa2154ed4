import { createHash } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import { beforeAll, expect, test } from 'vitest';
import type { z } from 'zod';
import { auditEvent, auditListAnswer, auditVerdictAnswer } from '../../lib/api/audit.ts';
import { keyCreatedAnswer } from '../../lib/api/keys.ts';
import { startWebhookReceiver } from '../support/webhook-receiver.ts';
import type { Tenant } from './support/api.ts';
import { readCsv } from './support/download.ts';
import { api } from './support/suite.ts';
import { sourceIds } from './support/vendor-database.ts';

type Event = z.infer<typeof auditEvent>;

let alpha: Tenant;
let beta: Tenant;
let exportId: string;
/** Everything but the last look of each reader. */
let story: readonly Event[];

async function logOf(key: string, path = 'v1/audit'): Promise<readonly Event[]> {
  return (await api.call('GET', path, { key })).as(auditListAnswer).items;
}

const nameOf = ({ action, outcome, actor }: Event) =>
  `${action} ${outcome.result}${outcome.reason === undefined ? '' : ` ${outcome.reason}`} by ${actor.type}`;

beforeAll(async () => {
  [alpha, beta] = await Promise.all([api.tenant(sourceIds.alpha), api.tenant(sourceIds.beta)]);
  const receiver = await startWebhookReceiver();
  const { id: webhookId } = await api.webhook(alpha, { url: receiver.url });
  exportId = (await api.run(alpha, ['people'])).id;
  await api.call('GET', `v1/exports/${exportId}/manifest`, { key: alpha.key });
  await api.links(alpha, exportId);
  await api.call('GET', `dataegress/geturl/${exportId}`, { key: alpha.key });
  await api.call('DELETE', `v1/webhooks/${webhookId}`, { key: alpha.key });
  // The neighbour tries; and a key that may do nothing.
  await api.call('POST', `v1/exports/${exportId}/links`, { key: beta.key, json: {} });
  const weak = await api.call('POST', `v1/operator/tenants/${alpha.id}/keys`, {
    key: api.operatorKey,
    json: { name: 'weak', scopes: ['me'] },
  });
  await api.call('GET', 'v1/exports', { key: weak.as(keyCreatedAnswer).key });
  await api.call('DELETE', `v1/exports/${exportId}`, { key: alpha.key });
  await receiver.stop();
  story = await logOf(alpha.key);
});

test('K8 S35 the log tells the whole story, in its order', () => {
  const events = story.map(nameOf);
  const both = (action: string) => [`${action} attempted by key`, `${action} success by key`];
  const expected = [
    'tenant.create success by operator',
    'key.create success by operator',
    ...both('webhook.create'),
    ...both('webhook.verify'),
    ...both('export.start'),
    'export.finish success by system',
    'manifest.read success by key',
    ...both('link.create'),
    ...both('link.create'),
    ...both('webhook.delete'),
    'key.create success by operator',
    'auth.deny denied forbidden by key',
    'export.delete attempted by key',
    'export.remove_files attempted by key',
    'export.remove_files success by key',
    'export.delete success by key',
  ];
  expect(events).toEqual(expected);
  expect(story.map(({ seq }) => seq)).toEqual(expected.map((_, index) => index + 1));
  expect(story.find(({ action }) => action === 'export.finish')).toMatchObject({
    target: { type: 'export', id: exportId },
    details: { status: 'ready', attempt: 1, tables: 1, failedTables: 0, files: 1, rows: 3 },
  });
});

test('K8 S7 S25 it holds no secret, no link, no row and no address of a person', () => {
  const text = JSON.stringify(story);
  for (const secret of [alpha.key, beta.key, api.operatorKey]) expect(text).not.toContain(secret);
  expect(text).not.toMatch(/slc_|whsec_|sig=|https?:\/\/|Ada|@/);
});

test('K9 S35 a tenant can check every link of the chain itself, from NDJSON alone', async () => {
  const got = await api.call('GET', 'v1/audit', {
    key: alpha.key,
    headers: { accept: 'application/x-ndjson' },
  });
  expect(got.headers.get('content-type')).toBe('application/x-ndjson');
  let prevHash = '0'.repeat(64);
  for (const line of got.text.trimEnd().split('\n')) {
    // A line is canonical already: what was hashed is the line without its hash.
    const { hash, prevHash: before } = auditEvent.parse(JSON.parse(line));
    const hashed = line.replace(`"hash":"${hash}",`, '');
    expect(before).toBe(prevHash);
    expect(createHash('sha256').update(hashed).digest('hex')).toBe(hash);
    prevHash = hash;
  }
  const verdict = await api.call('GET', 'v1/audit/verify', { key: alpha.key });
  expect(verdict.as(auditVerdictAnswer)).toMatchObject({ ok: true, chain: alpha.id, fromSeq: 1 });
});

test('K9 as CSV, in pages, for a time, an action, an actor', async () => {
  const csv = await api.call('GET', 'v1/audit?action=link.create', {
    key: alpha.key,
    headers: { accept: 'text/csv' },
  });
  const records: Record<string, string>[] = parse(csv.text, { bom: true, columns: true });
  expect(records.map((record) => [record['action'], record['result'], record['targetId']])).toEqual(
    ['attempted', 'success', 'attempted', 'success'].map((result) => [
      'link.create',
      result,
      exportId,
    ]),
  );

  const paged: Event[] = [];
  let path: string | undefined = 'v1/audit?limit=4&actor=operator';
  for (let pages = 0; path !== undefined && pages < 10; pages++) {
    const got = await api.call('GET', path, { key: alpha.key });
    paged.push(...got.as(auditListAnswer).items);
    const link = /^<\/api\/([^>]+)>; rel="next"$/.exec(got.headers.get('link') ?? '');
    path = link?.[1];
  }
  expect(paged).toEqual(story.filter(({ actor }) => actor.type === 'operator'));

  const [first, last] = [story[0]?.time ?? '', story.at(-1)?.time ?? ''];
  expect(await logOf(alpha.key, `v1/audit?to=${first}`)).toEqual([]);
  const all = await logOf(alpha.key, `v1/audit?from=${first}&to=${last}`);
  expect(all).toEqual(story.filter(({ time }) => time < last));
});

test('K3 S1 the neighbour’s try is in the neighbour’s log, like one on an id that never was', async () => {
  const tries = (await logOf(beta.key)).filter(({ action }) => action === 'link.create');
  expect(tries.map(nameOf)).toEqual([
    'link.create attempted by key',
    'link.create failure not_found by key',
  ]);
  expect(JSON.stringify(story)).not.toContain(beta.id);
});

test('K9 reading the log and verifying it are events themselves', async () => {
  const before = (await logOf(beta.key)).length;
  await api.call('GET', 'v1/audit/verify', { key: beta.key });
  const after = await logOf(beta.key);
  expect(after.slice(before).map(nameOf)).toEqual([
    'audit.read success by key',
    'audit.verify success by key',
  ]);
});

test('K8 the operator has a chain of its own, and sees no tenant’s', async () => {
  const events = await logOf(api.operatorKey, 'v1/operator/audit?action=tenant.create');
  expect(events.some(({ target }) => target?.id === alpha.id)).toBe(true);
  const verdict = await api.call('GET', 'v1/operator/audit/verify', { key: api.operatorKey });
  expect(verdict.as(auditVerdictAnswer)).toMatchObject({ ok: true, chain: 'operator' });
  (await api.call('GET', 'v1/audit', { key: api.operatorKey })).problem(403, 'forbidden');
  (await api.call('GET', 'v1/operator/audit', { key: alpha.key })).problem(403, 'forbidden');
});

test('S35 a key that was never made leaves a trace at the operator, without itself', async () => {
  const stranger = 'slc_test_NoSuchKey000_';
  await api.call('GET', 'v1/exports', { key: stranger });
  const events = await logOf(api.operatorKey, 'v1/operator/audit?action=auth.deny');
  expect(events.length).toBeGreaterThan(0);
  expect(JSON.stringify(events)).not.toContain('NoSuchKey');
});

test('K9 the whole log is an export like any other, of the tenant’s own chain', async () => {
  const { id, status } = await api.run(alpha, ['audit_log']);
  expect(status).toBe('ready');
  const [file] = (await api.links(alpha, id)).files;
  if (file === undefined) throw new Error('no file');
  const { header, records } = await readCsv(file);
  expect(header.slice(0, 5)).toEqual(['seq', 'id', 'tenant_id', 'time', 'action']);
  const log = await logOf(alpha.key);
  expect(records.length).toBeGreaterThan(story.length);
  expect(records.map((record) => [record[0], record[2], record.at(-1)])).toEqual(
    log.slice(0, records.length).map(({ seq, hash }) => [String(seq), alpha.id, hash]),
  );
});
