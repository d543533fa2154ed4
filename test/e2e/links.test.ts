import { beforeAll, expect, test } from 'vitest';
import { linkListAnswer } from '../../lib/api/links.ts';
import type { Tenant } from './support/api.ts';
import { api } from './support/suite.ts';
import { sourceIds } from './support/vendor-database.ts';

let alpha: Tenant;
let exportId: string;

beforeAll(async () => {
  alpha = await api.tenant(sourceIds.alpha);
  exportId = (await api.run(alpha, ['people', 'nothing_yet'])).id;
});

async function firstUrl(id = exportId, json: object = {}): Promise<URL> {
  const [file] = (await api.links(alpha, id, json)).files;
  if (file === undefined) throw new Error('no file');
  return new URL(file.url);
}

test('L3 a link lives one hour by default, up to eight on request, and never outlives its files', async () => {
  const now = Date.now();
  const life = async (json: object) =>
    (Date.parse((await api.links(alpha, exportId, json)).expiresAt) - now) / 60_000;
  expect(await life({})).toBeCloseTo(60, 0);
  expect(await life({ minutes: 480 })).toBeCloseTo(480, 0);
  const tooLong = await api.call('POST', `v1/exports/${exportId}/links`, {
    key: alpha.key,
    json: { minutes: 481 },
  });
  tooLong.problem(400, 'link_lifetime_too_long');
});

test('S24 a link is read-only, for one file, and over HTTPS wherever the storage speaks it', async () => {
  const url = await firstUrl();
  const { sr, sp, spr, se } = Object.fromEntries(url.searchParams);
  expect({ sr, sp }).toEqual({ sr: 'b', sp: 'r' });
  expect(spr).toBe(url.protocol === 'https:' ? 'https' : 'https,http');
  expect(Date.parse(se ?? '')).toBeLessThanOrEqual(Date.now() + 3_600_000);
});

test('L2 a link reads its file; write, delete, list and another export’s file are refused', async () => {
  const url = await firstUrl();
  const status = async (method: string, target: URL, headers = {}, body?: string) =>
    (await fetch(target, { method, headers, ...(body === undefined ? {} : { body }) })).status;
  expect(await status('GET', url)).toBe(200);
  expect(await status('PUT', url, { 'x-ms-blob-type': 'BlockBlob' }, 'x')).toBe(403);
  expect(await status('DELETE', url)).toBe(403);
  const list = new URL(url);
  list.pathname = list.pathname.replace(/\/[^/]+$/, '');
  list.searchParams.set('restype', 'container');
  list.searchParams.set('comp', 'list');
  expect(await status('GET', list)).toBe(403);
  const sibling = new URL(url);
  sibling.pathname = sibling.pathname.replace('people', 'nothing_yet');
  expect(await status('GET', sibling)).toBe(403);
  const other = await api.run(alpha, ['people']);
  const foreign = new URL(url);
  foreign.pathname = foreign.pathname.replace(exportId, other.id);
  expect(await status('GET', foreign)).toBe(403);
});

test('X3 every link is a line in the ledger, without the link', async () => {
  const fresh = await api.run(alpha, ['people']);
  await api.links(alpha, fresh.id, { minutes: 5 });
  await api.links(alpha, fresh.id, { files: ['manifest.json'], ip: '203.0.113.7' });
  const ledger = await api.call('GET', `v1/exports/${fresh.id}/links`, { key: alpha.key });
  const { items } = ledger.as(linkListAnswer);
  expect(items.map(({ fileCount, files, ip }) => ({ fileCount, files, ip }))).toEqual([
    { fileCount: 1, files: ['manifest.json'], ip: '203.0.113.7' },
    // A link to everything names nothing: the manifest does.
    { fileCount: 1, files: undefined, ip: undefined },
  ]);
  expect(ledger.text).not.toContain('sig=');
});

test('a file that the manifest does not name has no link', async () => {
  const answer = await api.call('POST', `v1/exports/${exportId}/links`, {
    key: alpha.key,
    json: { files: ['people-00002.csv.gz'] },
  });
  expect(answer.problem(400, 'invalid_body').errors).toEqual([
    { pointer: '/files/0', message: 'The export has no such file.' },
  ]);
});

test('L4 X3 deleting an export kills every link to it, and what is gone stays gone', async () => {
  const { id } = await api.run(alpha, ['people']);
  const url = await firstUrl(id);
  expect((await fetch(url)).status).toBe(200);
  const deleted = await api.call('DELETE', `v1/exports/${id}`, { key: alpha.key });
  expect(deleted.status).toBe(202);
  expect((await fetch(url)).status).toBe(404);
  expect((await api.export(alpha, id)).status).toBe('expired');
  const links = await api.call('POST', `v1/exports/${id}/links`, { key: alpha.key });
  links.problem(409, 'export_expired');
  const manifest = await api.call('GET', `v1/exports/${id}/manifest`, { key: alpha.key });
  manifest.problem(409, 'export_expired');
  expect((await api.call('DELETE', `v1/exports/${id}`, { key: alpha.key })).status).toBe(202);
});
