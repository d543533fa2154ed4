import { beforeAll, expect, test } from 'vitest';
import { fetchedAnswer } from '../../lib/api/exports.ts';
import { linkListAnswer } from '../../lib/api/links.ts';
import type { Tenant } from './support/api.ts';
import { download, sha256 } from './support/download.ts';
import { api } from './support/suite.ts';
import { sourceIds } from './support/vendor-database.ts';

let alpha: Tenant;
let exportId: string;

beforeAll(async () => {
  alpha = await api.tenant(sourceIds.alpha);
  exportId = (await api.run(alpha, ['people', 'nothing_yet'])).id;
});

const report = (files: readonly object[], key = alpha.key) =>
  api.call('POST', `v1/exports/${exportId}/fetched`, { key, json: { files } });

test('X6 a client reports what it has, and the export shows how much of it all that is', async () => {
  expect((await api.export(alpha, exportId)).fetched).toBeUndefined();
  const { files } = await api.links(alpha, exportId);
  const had: object[] = [];
  for (const file of files) {
    had.push({ name: file.name, sha256: sha256(await download(file)).toUpperCase() });
    const answer = (await report(had)).as(fetchedAnswer);
    expect(answer).toMatchObject({ files: had.length, of: 2 });
    expect((await api.export(alpha, exportId)).fetched).toEqual(answer);
  }
  const complete = (await api.export(alpha, exportId)).fetched;
  expect((await report(had)).as(fetchedAnswer)).toEqual(complete);
});

test('X6 what does not agree with the manifest is refused with its place', async () => {
  const before = (await api.export(alpha, exportId)).fetched;
  const refused = await report([
    { name: 'people-00001.csv.gz', sha256: 'a'.repeat(64) },
    { name: 'people-00002.csv.gz', sha256: 'a'.repeat(64) },
  ]);
  expect(refused.problem(422, 'fetched_mismatch').errors).toEqual([
    { pointer: '/files/0/sha256', message: 'The manifest names another hash.' },
    { pointer: '/files/1/name', message: 'The export has no such file.' },
  ]);
  expect((await api.export(alpha, exportId)).fetched).toEqual(before);
});

test('S32 a key gets links 60 times a minute; then 429, and other keys go on', async () => {
  const [busy, calm] = [await api.tenant(sourceIds.alpha), await api.tenant(sourceIds.alpha)];
  const { id } = await api.run(busy, ['nothing_yet']);
  const ask = () => api.call('POST', `v1/exports/${id}/links`, { key: busy.key });
  const answers = await Promise.all(Array.from({ length: 60 }, ask));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
  const refused = await api.call('GET', `dataegress/geturl/${id}`, { key: busy.key });
  refused.problem(429, 'too_many_requests');
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(refused.headers.get('ratelimit')).toMatch(/^"links";r=0;t=\d+$/);
  expect(refused.headers.get('ratelimit-policy')).toBe('"links";q=60;w=60');
  const other = await api.run(calm, ['nothing_yet']);
  expect((await api.links(calm, other.id)).files).toHaveLength(1);
});

test('S26 each link has an id in the ledger that a storage log can repeat', async () => {
  const { linkId } = await api.links(alpha, exportId);
  expect(linkId).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  const ledger = await api.call('GET', `v1/exports/${exportId}/links`, { key: alpha.key });
  expect(ledger.as(linkListAnswer).items[0]?.linkId).toBe(linkId);
});
