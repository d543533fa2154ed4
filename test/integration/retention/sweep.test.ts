import { compactVerify, createLocalJWKSet } from 'jose';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createEmulatorLinkSigner } from '../../../lib/adapters/blobs/emulator-link-signer.ts';
import { closeExport } from '../../../lib/core/exports/close-export.ts';
import { planExport } from '../../../lib/core/exports/plan-export.ts';
import { retryExport } from '../../../lib/core/exports/retry-export.ts';
import type { ExportWork } from '../../../lib/core/exports/starter.ts';
import { runWatchdog } from '../../../lib/core/exports/watchdog.ts';
import { deleteExport } from '../../../lib/core/retention/delete-export.ts';
import { sweepExpired } from '../../../lib/core/retention/sweep.ts';
import { exportTable } from '../../../orchestrations/activities/export-table.ts';
import { azuriteTable } from '../../support/azurite-table.ts';
import { notingLog } from '../../support/noting-log.ts';
import { notingMetrics } from '../../support/noting-metrics.ts';
import {
  acceptExport,
  notingStarter,
  openWorkshop,
  type Workshop,
} from '../../support/workshop.ts';

let workshop: Workshop;

beforeAll(async () => {
  workshop = await openWorkshop();
  workshop.source.rows = [['1', 'a']];
});
afterAll(() => workshop.stop());

const hourMs = 3_600_000;
const pass = (hours: number) => {
  workshop.time.now = new Date(workshop.time.now.getTime() + hours * hourMs);
};

const nothing = { deleted: 0, failed: 0, lagSeconds: 0 };

/** Each case begins with nothing left to sweep. */
beforeEach(async () => {
  pass(8 * 24);
  await sweepExpired(workshop.deps, notingStarter().starter);
});

async function exported(tables: readonly string[] = ['one']): Promise<ExportWork> {
  const work = await acceptExport(workshop, tables);
  await planExport(workshop.deps, work);
  await exportTable(workshop.deps, { ...work, table: 0 });
  await closeExport(workshop.deps, work);
  return work;
}

async function statusOf({ tenantId, exportId }: ExportWork): Promise<string | undefined> {
  return (await workshop.deps.exports.find(tenantId, exportId))?.value.status;
}

test('L4 S34 files live seven days to the hour; then they, the container and every live link are gone', async () => {
  const work = await exported();
  const signer = createEmulatorLinkSigner(workshop.azurite.connectionString);
  const window = { from: new Date(), until: new Date(Date.now() + hourMs) };
  const url = await signer.signFile(work.exportId, 'one-00001.csv', window);
  pass(7 * 24 - 1);
  const early = notingStarter();
  expect(await sweepExpired(workshop.deps, early.starter)).toEqual(nothing);
  expect((await fetch(url)).status).toBe(200);
  pass(1);
  const { starter, purged } = notingStarter();
  expect(await sweepExpired(workshop.deps, starter)).toEqual({ ...nothing, deleted: 1 });
  expect((await fetch(url)).status).toBe(404);
  expect(await workshop.deps.files.exists(work.exportId)).toBe(false);
  expect(await statusOf(work)).toBe('expired');
  expect(purged).toEqual([work]);
  expect(await sweepExpired(workshop.deps, starter)).toEqual(nothing);
});

async function receiptsOf({ tenantId }: ExportWork) {
  return (await workshop.deps.receipts.list(tenantId, { limit: 200 })).items;
}

test('X12 a deletion leaves a receipt that verifies', async () => {
  const work = await exported();
  const requestedBy = 'key:abc';
  await deleteExport(
    workshop.deps,
    { ...work, reason: 'request', requestedBy },
    notingStarter().starter,
  );
  const [receipt] = await receiptsOf(work);
  const keys = createLocalJWKSet(await workshop.deps.signer.publicKeys());
  const { payload } = await compactVerify(receipt?.signature ?? '', keys);
  expect(JSON.parse(Buffer.from(payload).toString())).toMatchObject({
    exportId: work.exportId,
    reason: 'request',
    requestedBy,
    files: 4,
    deletedAt: workshop.time.now.toISOString(),
  });
});

test.each(['removeAll', 'exists'] as const)(
  'a deletion that dies at %s is finished by the next sweep, with one receipt',
  async (step) => {
    const work = await exported();
    const broken = { ...workshop.deps.files, [step]: () => Promise.reject(new Error('power cut')) };
    const order = { ...work, reason: 'request' } as const;
    const { starter } = notingStarter();
    await expect(
      deleteExport({ ...workshop.deps, files: broken }, order, starter),
    ).rejects.toThrow();
    await expect(
      retryExport(workshop.deps, work.tenantId, work.exportId, starter),
    ).rejects.toMatchObject({ code: 'invalid_state' });
    expect(await sweepExpired(workshop.deps, starter)).toMatchObject({ deleted: 1 });
    expect(await statusOf(work)).toBe('expired');
    expect(await workshop.deps.files.exists(work.exportId)).toBe(false);
    expect(await receiptsOf(work)).toMatchObject([{ reason: 'request', files: 4 }]);
  },
);

test('one export that cannot be deleted does not hold up the others, and is tried again', async () => {
  const [stuck, fine] = [await exported(), await exported()];
  pass(7 * 24);
  const { files } = workshop.deps;
  const removeAll = (exportId: string) =>
    exportId === stuck.exportId ? Promise.reject(new Error('held')) : files.removeAll(exportId);
  const { starter } = notingStarter();
  const result = await sweepExpired({ ...workshop.deps, files: { ...files, removeAll } }, starter);
  expect(result).toEqual({ deleted: 1, failed: 1, lagSeconds: 0 });
  expect([await statusOf(stuck), await statusOf(fine)]).toEqual(['ready', 'expired']);
  const before = await workshop.deps.exports.find(stuck.tenantId, stuck.exportId);
  expect(await sweepExpired(workshop.deps, starter)).toMatchObject({ deleted: 0, failed: 0 });
  expect(await workshop.deps.exports.find(stuck.tenantId, stuck.exportId)).toEqual(before);
  pass(1 / 6);
  expect(await sweepExpired(workshop.deps, starter)).toMatchObject({ deleted: 1, failed: 0 });
});

/** Every mark of the export that its files are to go, or that they are gone and its rows are to. */
async function marksOf({ exportId }: ExportWork): Promise<readonly Record<string, unknown>[]> {
  const marks: Record<string, unknown>[] = [];
  for await (const row of azuriteTable(workshop.azurite, 'due').listEntities()) {
    if (row.rowKey?.startsWith(exportId)) marks.push(row);
  }
  return marks;
}

test('S34 an export has one mark, however often deleting it fails, and the pauses grow to a day', async () => {
  const stuck = await exported();
  pass(7 * 24);
  const begun = workshop.time.now.getTime();
  const removeAll = () => Promise.reject(new Error('held'));
  const held = { ...workshop.deps, files: { ...workshop.deps.files, removeAll } };
  const { starter } = notingStarter();
  const pausesMinutes: number[] = [];
  for (let tries = 1; tries <= 10; tries++) {
    expect(await sweepExpired(held, starter)).toMatchObject({ deleted: 0, failed: 1 });
    const [mark, ...others] = await marksOf(stuck);
    expect([mark?.['tries'], others]).toEqual([BigInt(tries), []]);
    const next = Number(mark?.['nextTryAt']);
    pausesMinutes.push((next - workshop.time.now.getTime()) / 60_000);
    workshop.time.now = new Date(next - 1);
    // It goes on telling how late it is, and does not try before its time.
    const lagSeconds = Math.floor((next - 1 - begun) / 1000);
    expect(await sweepExpired(held, starter)).toEqual({ deleted: 0, failed: 0, lagSeconds });
    workshop.time.now = new Date(next);
  }
  expect(pausesMinutes).toEqual([10, 20, 40, 80, 160, 320, 640, 1280, 1440, 1440]);
  expect(await sweepExpired(workshop.deps, starter)).toMatchObject({ deleted: 1, failed: 0 });
  expect(await marksOf(stuck)).toMatchObject([{ stage: 'rows' }]);
});

test('what was deleted, by its owner or by the sweep, is not passed again', async () => {
  const [early, late] = [await exported(), await exported()];
  const { starter } = notingStarter();
  await deleteExport(workshop.deps, { ...early, reason: 'request' }, starter);
  expect(await marksOf(early)).toMatchObject([{ stage: 'rows' }]);
  pass(8 * 24);
  expect(await sweepExpired(workshop.deps, starter)).toMatchObject({ deleted: 1 });
  expect(await marksOf(late)).toMatchObject([{ stage: 'rows' }]);
  const looked: string[] = [];
  const find = (tenantId: string, exportId: string) => {
    looked.push(exportId);
    return workshop.deps.exports.find(tenantId, exportId);
  };
  const exports = { ...workshop.deps.exports, find };
  await sweepExpired({ ...workshop.deps, exports }, starter);
  expect(looked).toEqual([]);
});

test('deletions go side by side, eight at once, and those that failed before come last', async () => {
  const failing = await exported();
  const { files } = workshop.deps;
  const { starter } = notingStarter();
  pass(7 * 24);
  const held = { ...files, removeAll: () => Promise.reject(new Error('held')) };
  await sweepExpired({ ...workshop.deps, files: held }, starter);
  for (let count = 0; count < 11; count++) await exported();
  pass(7 * 24);
  const order: string[] = [];
  let atOnce = 0;
  let most = 0;
  const removeAll = async (exportId: string) => {
    order.push(exportId);
    most = Math.max(most, ++atOnce);
    // The more are under way, the longer each waits, so that as many meet as may.
    await new Promise((resolve) => setTimeout(resolve, 50));
    await files.removeAll(exportId);
    atOnce--;
  };
  const result = await sweepExpired({ ...workshop.deps, files: { ...files, removeAll } }, starter);
  expect(result).toMatchObject({ deleted: 12, failed: 0 });
  expect(most).toBeLessThanOrEqual(8);
  expect(most).toBeGreaterThan(1);
  expect(order.at(-1)).toBe(failing.exportId);
});

test('a sweep tells how late it is by what is really due, and goes on telling while that cannot be deleted', async () => {
  const stuck = await exported();
  pass(7 * 24 + 2);
  const log = notingLog();
  const metrics = notingMetrics();
  const removeAll = () => Promise.reject(new Error('held'));
  const held = { ...workshop.deps, log, metrics, files: { ...workshop.deps.files, removeAll } };
  const { starter } = notingStarter();
  await sweepExpired(held, starter);
  pass(1);
  await sweepExpired(held, starter);
  pass(1);
  await sweepExpired({ ...held, files: workshop.deps.files }, starter);
  const early = await exported();
  await deleteExport(workshop.deps, { ...early, reason: 'request' }, starter);
  pass(8 * 24);
  await sweepExpired({ ...held, files: workshop.deps.files }, starter);
  const lines = [
    { deleted: 0, failed: 1, lagSeconds: 2 * 3600 },
    { deleted: 0, failed: 1, lagSeconds: 3 * 3600 },
    { deleted: 1, failed: 0, lagSeconds: 4 * 3600 },
    nothing,
  ];
  const line = { level: 'info', message: 'retention sweep done' };
  expect(log.of('retention sweep done')).toEqual(lines.map((swept) => ({ ...line, ...swept })));
  expect(metrics.told).toEqual(lines.map((swept) => ['sweepDone', swept]));
  const { tenantId, exportId } = stuck;
  expect(log.of('retention sweep could not delete an export')[0]).toMatchObject({
    tenantId,
    exportId,
  });
});

test('a retry of an export without files moves the end of its life; the old mark deletes nothing', async () => {
  const work = await acceptExport(workshop, ['one']);
  await planExport(workshop.deps, work);
  expect(await closeExport(workshop.deps, work)).toBe('failed');
  pass(6 * 24);
  const { starter, exports } = notingStarter();
  await retryExport(workshop.deps, work.tenantId, work.exportId, starter);
  const second = { ...work, attempt: 2 };
  expect(exports).toEqual([second]);
  await planExport(workshop.deps, second);
  await exportTable(workshop.deps, { ...second, table: 0 });
  expect(await closeExport(workshop.deps, second)).toBe('ready');
  pass(2 * 24);
  expect(await sweepExpired(workshop.deps, starter)).toEqual(nothing);
  expect(await statusOf(work)).toBe('ready');
  pass(5 * 24);
  expect(await sweepExpired(workshop.deps, starter)).toMatchObject({ deleted: 1, failed: 0 });
});

test('the watchdog starts what has no instance, after a minute and not before', async () => {
  const work = await acceptExport(workshop, ['one']);
  const { starter, exports } = notingStarter('missing');
  const ours = () => exports.filter(({ exportId }) => exportId === work.exportId);
  await runWatchdog(workshop.deps, starter);
  expect(ours()).toEqual([]);
  pass(0.02);
  await runWatchdog(workshop.deps, starter);
  expect(ours()).toEqual([work]);
  const alive = notingStarter('running');
  await runWatchdog(workshop.deps, alive.starter);
  expect(alive.exports).toEqual([]);
});
