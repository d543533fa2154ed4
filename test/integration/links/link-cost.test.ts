import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { closeExport } from '../../../lib/core/exports/close-export.ts';
import { planExport } from '../../../lib/core/exports/plan-export.ts';
import type { ExportWork } from '../../../lib/core/exports/starter.ts';
import type { PartRecord } from '../../../lib/core/exports/table-record.ts';
import { issueExportToken, issueFileLinks } from '../../../lib/core/links/issue-links.ts';
import { noteFetched } from '../../../lib/core/links/note-fetched.ts';
import { type KeyPrincipal, ownerScopes } from '../../../lib/core/principal.ts';
import { exportTable } from '../../../orchestrations/activities/export-table.ts';
import { watchStorage } from '../../support/watch-storage.ts';
import { acceptExport, openWorkshop, type Workshop } from '../../support/workshop.ts';

const partsMax = 3_000;

let workshop: Workshop;
let work: ExportWork;
let parts: readonly PartRecord[];
beforeAll(async () => {
  workshop = await openWorkshop();
  workshop.source.rows = [['1', 'a']];
  work = await acceptExport(workshop, ['one', 'two']);
  await planExport(workshop.deps, work);
  for (const table of [0, 1]) await exportTable(workshop.deps, { ...work, table });
  await closeExport(workshop.deps, work);
  // As many files as a table of three billion rows has; what they hold plays no part here.
  parts = Array.from({ length: partsMax }, (_, index) => partOf(index + 1));
  for (let start = 0; start < parts.length; start += 50) {
    await Promise.all(parts.slice(start, start + 50).map((part) => workshop.deps.parts.put(part)));
  }
}, 120_000);
afterAll(() => workshop.stop());

function partOf(partIndex: number): PartRecord {
  return {
    exportId: work.exportId,
    tableIndex: 0,
    partIndex,
    name: `one-${String(partIndex).padStart(5, '0')}.csv`,
    rows: 3,
    bytes: 40,
    uncompressedBytes: 40,
    sha256: randomBytes(32).toString('hex'),
  };
}

function principal(): KeyPrincipal {
  return { kind: 'key', tenantId: work.tenantId, keyId: 'robot', scopes: ownerScopes };
}

const signer = {
  signFile: async (exportId: string, name: string) => `https://store.example/${exportId}/${name}`,
  signExport: async () => ({ baseUrl: 'https://store.example/', sasToken: '?x' }),
};

function issue(files?: readonly string[]) {
  const order = { principal: principal(), exportId: work.exportId };
  return issueFileLinks(
    { ...workshop.deps, signer },
    files === undefined ? order : { ...order, files },
  );
}

describe('L2 links in an export of 3,000 files', () => {
  test('for a few files cost a few calls, by their names', async () => {
    const names = ['one-02999.csv', 'two-00001.csv', 'manifest.json'];
    await issue(names);
    using watch = watchStorage();
    const issued = await issue(names);
    const known = parts[2998];
    expect(issued.files.map(({ name }) => name)).toEqual(names);
    expect(issued.files[0]).toMatchObject({ sha256: known?.sha256, bytes: 40, rows: 3 });
    expect(issued.files[2]?.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect([...watch.take()].sort()).toEqual(
      [
        'GET exportParts',
        'GET exportParts',
        'GET exportTables',
        'GET exportTables',
        'GET exports',
        `HEAD exp-${work.exportId}/manifest.json`,
        'PUT links',
      ].map((call) => expect.stringMatching(call.replace('PUT', '(PUT|PATCH|POST)'))),
    );
  });

  test('for all files cost a call for each thousand', async () => {
    await issue();
    using watch = watchStorage();
    expect((await issue()).files).toHaveLength(partsMax + 1);
    const calls = watch.take();
    expect(calls.filter((call) => call === 'GET exportParts')).toHaveLength(4);
    expect(calls).toHaveLength(7);
    expect(calls.filter((call) => call.includes('exp-'))).toEqual([]);
  });

  test.each([
    ['a file that is not there', 'one-03001.csv'],
    ['another extension', 'one-00001.csv.gz'],
    ['another table', 'three-00001.csv'],
    ['another spelling', 'ONE-00001.csv'],
    ['no file at all', 'one'],
    ['a path', '../one-00001.csv'],
    ['the number of another part', 'one-000001.csv'],
  ])('are refused for %s', async (_, name) => {
    const mistakes = [{ pointer: '/files/1', message: 'The export has no such file.' }];
    await expect(issue(['one-00001.csv', name])).rejects.toMatchObject({ mistakes });
    const many = Array.from({ length: 30 }, (__, index) => parts[index]?.name ?? '');
    await expect(issue([...many, name])).rejects.toMatchObject({ code: 'invalid_body' });
  });

  test('of a table that failed later are refused, one by one and all together', async () => {
    const { tables } = workshop.deps;
    const two = await tables.find(work.exportId, 1);
    if (two === undefined) throw new TypeError('There are two tables.');
    await tables.update({ ...two.value, status: 'failed' }, two.etag);
    await expect(issue(['two-00001.csv'])).rejects.toMatchObject({ code: 'invalid_body' });
    expect((await issue()).files).toHaveLength(partsMax);
    const failed = await tables.find(work.exportId, 1);
    await tables.update(two.value, failed?.etag ?? '');
  });
});

test('the ledger keeps the names of 9,000 files, and its rows stay small', async () => {
  const { links } = workshop.deps;
  const named = parts.map(({ name }) => name);
  const { linkId } = await issue(named);
  const token = await issueExportToken(
    { ...workshop.deps, signer },
    { principal: principal(), exportId: work.exportId },
  );
  expect(token.files).toHaveLength(partsMax + 1);
  const { items } = await links.list(work.exportId, { limit: 1 }, linkId);
  expect(items[0]).toMatchObject({ id: linkId, fileCount: partsMax, names: named });
  const all = (await links.list(work.exportId, { limit: 200 })).items;
  const whole = all.filter(({ names }) => names === undefined);
  expect(whole.map(({ kind, fileCount }) => [kind, fileCount])).toContainEqual([
    'export',
    partsMax + 1,
  ]);
});

describe('X6 a receipt in an export of 3,000 files', () => {
  const report = (files: readonly PartRecord[]) =>
    noteFetched(workshop.deps, { principal: principal(), exportId: work.exportId, files });

  test('costs the same whether it is the first or the hundredth', async () => {
    const costs: number[] = [];
    for (let index = 0; index < 100; index++) {
      using watch = watchStorage();
      const record = await report(parts.slice(index, index + 1));
      expect(record.fetched?.files).toBe(index + 1);
      costs.push(watch.take().length);
    }
    // The first one makes the row, and asks once more whether it is there.
    expect(new Set(costs.slice(1))).toEqual(new Set([costs[99]]));
    expect(costs[99]).toBe(7);
  });

  test('of all files counts every one of them once', async () => {
    expect((await report(parts)).fetched?.files).toBe(partsMax);
    using watch = watchStorage();
    expect((await report(parts)).fetched?.files).toBe(partsMax);
    expect(watch.take().filter((call) => !call.startsWith('GET'))).toEqual([]);
  });
});
