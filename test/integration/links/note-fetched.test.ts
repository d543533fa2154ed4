import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeExport } from '../../../lib/core/exports/close-export.ts';
import { planExport } from '../../../lib/core/exports/plan-export.ts';
import type { ExportWork } from '../../../lib/core/exports/starter.ts';
import { noteFetched } from '../../../lib/core/links/note-fetched.ts';
import { type KeyPrincipal, ownerScopes } from '../../../lib/core/principal.ts';
import { deleteExport } from '../../../lib/core/retention/delete-export.ts';
import { exportTable } from '../../../orchestrations/activities/export-table.ts';
import {
  acceptExport,
  notingStarter,
  openWorkshop,
  type Workshop,
} from '../../support/workshop.ts';

let workshop: Workshop;
beforeAll(async () => {
  workshop = await openWorkshop();
  workshop.source.rows = Array.from({ length: 7 }, (_, index) => [String(index), 'a']);
});
afterAll(() => workshop.stop());

/** An export of three part files of three rows at most. */
async function exported(): Promise<ExportWork> {
  const work = await acceptExport(workshop, ['one']);
  await planExport(workshop.deps, work);
  await exportTable(workshop.deps, { ...work, table: 0 });
  await closeExport(workshop.deps, work);
  return work;
}

async function filesOf({ exportId }: ExportWork) {
  return (await workshop.deps.parts.list(exportId)).map(({ name, sha256 }) => ({ name, sha256 }));
}

function principalOf({ tenantId }: ExportWork): KeyPrincipal {
  return { kind: 'key', tenantId, keyId: 'robot', scopes: ownerScopes };
}

function report(work: ExportWork, files: readonly { name: string; sha256: string }[]) {
  const order = { principal: principalOf(work), exportId: work.exportId, files };
  return noteFetched(workshop.deps, order);
}

test('X6 receipts add up to all files; saying the same again changes nothing', async () => {
  const work = await exported();
  const files = await filesOf(work);
  const first = await report(work, files.slice(0, 2));
  const { now } = workshop.time;
  expect([first.fetched, first.totals?.files]).toEqual([{ files: 2, at: now }, 3]);
  workshop.time.now = new Date(now.getTime() + 60_000);
  expect((await report(work, files.slice(0, 2))).fetched).toEqual(first.fetched);
  expect((await report(work, [...files, ...files])).fetched).toEqual({
    files: 3,
    at: workshop.time.now,
  });
});

test('X6 twenty receipts at once count each file once', async () => {
  const work = await exported();
  const files = await filesOf(work);
  await Promise.all(
    Array.from({ length: 20 }, (_, n) => report(work, files.slice(0, (n % 3) + 1)).catch(() => {})),
  );
  expect((await report(work, files)).fetched).toMatchObject({ files: 3 });
});

test('X6 an unknown file or another hash is refused with its place, and nothing is noted', async () => {
  const work = await exported();
  const [first, second] = await filesOf(work);
  if (first === undefined || second === undefined) throw new TypeError('There are three files.');
  const refused = report(work, [
    first,
    { ...second, sha256: first.sha256.replace(/^./, 'x') },
    { name: 'manifest.json', sha256: first.sha256 },
  ]);
  await expect(refused).rejects.toMatchObject({
    code: 'fetched_mismatch',
    mistakes: [
      { pointer: '/files/1/sha256', message: 'The manifest names another hash.' },
      { pointer: '/files/2/name', message: 'The export has no such file.' },
    ],
  });
  expect(await workshop.deps.fetches.find(work.exportId)).toBeUndefined();
});

test('X6 before the manifest it is not_ready; after the files are gone it is still taken', async () => {
  const running = await acceptExport(workshop, ['one']);
  const some = [{ name: 'one-00001.csv', sha256: 'a'.repeat(64) }];
  await expect(report(running, some)).rejects.toMatchObject({ code: 'not_ready' });
  const work = await exported();
  const { starter } = notingStarter();
  await deleteExport(workshop.deps, { ...work, reason: 'request' }, starter);
  const record = await report(work, await filesOf(work));
  expect([record.status, record.fetched?.files]).toEqual(['expired', 3]);
  const foreign = { ...work, tenantId: 'other' };
  await expect(report(foreign, some)).rejects.toMatchObject({ code: 'not_found' });
});
