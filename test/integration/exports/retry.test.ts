import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { closeExport } from '../../../lib/core/exports/close-export.ts';
import { planExport } from '../../../lib/core/exports/plan-export.ts';
import { retryExport } from '../../../lib/core/exports/retry-export.ts';
import type { ExportWork } from '../../../lib/core/exports/starter.ts';
import { runWatchdog } from '../../../lib/core/exports/watchdog.ts';
import { deleteExport } from '../../../lib/core/retention/delete-export.ts';
import { exportTable } from '../../../orchestrations/activities/export-table.ts';
import {
  acceptExport,
  notingStarter,
  openWorkshop,
  type Workshop,
} from '../../support/workshop.ts';

const dayMs = 86_400_000;
let workshop: Workshop;

beforeAll(async () => {
  workshop = await openWorkshop();
});
afterAll(() => workshop.stop());
beforeEach(() => {
  workshop.source.rows = [['1', 'a']];
});

const pass = (ms: number) => {
  workshop.time.now = new Date(workshop.time.now.getTime() + ms);
};
const recordOf = async ({ tenantId, exportId }: ExportWork) =>
  (await workshop.deps.exports.find(tenantId, exportId))?.value;
const retry = ({ tenantId, exportId }: ExportWork) =>
  retryExport(workshop.deps, tenantId, exportId, notingStarter().starter);

/** An attempt at tables of which these give other rows than they count. */
async function run(work: ExportWork, tables: number, bad: readonly number[] = []): Promise<void> {
  await planExport(workshop.deps, work);
  for (let table = 0; table < tables; table++) {
    workshop.source.counted = bad.includes(table) ? 99 : undefined;
    await exportTable(workshop.deps, { ...work, table });
  }
  await closeExport(workshop.deps, work);
}

async function ended(tables: readonly string[], bad: readonly number[] = []): Promise<ExportWork> {
  const work = await acceptExport(workshop, tables);
  await run(work, tables.length, bad);
  await workshop.deps.due.clearRunning(work);
  return work;
}

/** What the watchdog starts, minutes later, of these exports. */
async function startedLater(...works: readonly ExportWork[]): Promise<readonly ExportWork[]> {
  pass(180_000);
  const { starter, exports } = notingStarter('missing');
  await runWatchdog(workshop.deps, starter);
  const ids = works.map(({ exportId }) => exportId);
  return exports.filter(({ exportId }) => ids.includes(exportId));
}

test('X2 a retry that is refused starts nothing, now or later', async () => {
  const ready = await ended(['one']);
  const deleted = await ended(['one', 'two'], [1]);
  await deleteExport(workshop.deps, { ...deleted, reason: 'request' }, notingStarter().starter);
  for (const work of [ready, deleted]) {
    await expect(retry(work)).rejects.toMatchObject({ code: 'invalid_state' });
  }
  expect(await startedLater(ready, deleted)).toEqual([]);
});

test('K3 S2 a foreign retry leaves alone an export whose start was lost: the watchdog starts it', async () => {
  const work = await acceptExport(workshop, ['one']);
  const foreign = { ...work, tenantId: 'stranger' };
  for (const minutes of [0, 1, 2]) {
    pass(minutes * 60_000);
    await expect(retry(foreign)).rejects.toMatchObject({ code: 'not_found' });
  }
  expect(await startedLater(work)).toEqual([work]);
});

test('X2 a retry whose start was lost is started by the watchdog, in its own attempt', async () => {
  const work = await ended(['one', 'two'], [1]);
  await retry(work);
  expect(await startedLater(work)).toEqual([{ ...work, attempt: 2 }]);
});

test('a mark of an attempt that never came is dropped, and one of an earlier attempt, too', async () => {
  const work = await ended(['one', 'two'], [1]);
  const { due } = workshop.deps;
  const marks = async () => {
    const found: number[] = [];
    for await (const { exportId, attempt } of due.listRunning()) {
      if (exportId === work.exportId) found.push(attempt);
    }
    return found;
  };
  for (const attempt of [1, 2, 3]) {
    await due.markRunning({ ...work, attempt, at: workshop.time.now });
  }
  await retry(work);
  expect(await startedLater(work)).toEqual([{ ...work, attempt: 2 }]);
  expect(await marks()).toEqual([2, 3]);
  pass(10 * 60_000);
  await startedLater(work);
  expect(await marks()).toEqual([2]);
});

test('L4 files that were good before a retry go on their day, however often it is retried', async () => {
  const work = await ended(['one', 'two'], [1]);
  const day = (await recordOf(work))?.expiresAt;
  if (day === undefined) throw new Error('no expiry');
  for (const attempt of [2, 3]) {
    pass(2 * dayMs);
    expect((await retry(work)).expiresAt).toBeUndefined();
    await run({ ...work, attempt }, 2, [1]);
    expect(await recordOf(work)).toMatchObject({ status: 'partially_ready', expiresAt: day });
  }
  pass(2 * dayMs);
  await retry(work);
  await run({ ...work, attempt: 4 }, 2);
  expect(await recordOf(work)).toMatchObject({ status: 'ready', expiresAt: day });
});

test('L4 an export without good files has seven days from its new end', async () => {
  const work = await ended(['one'], [0]);
  pass(2 * dayMs);
  await retry(work);
  await run({ ...work, attempt: 2 }, 1);
  const expiresAt = new Date(workshop.time.now.getTime() + 7 * dayMs);
  expect(await recordOf(work)).toMatchObject({ status: 'ready', expiresAt });
});

test('L4 once their day has come, good files are not held back by a retry', async () => {
  const work = await ended(['one', 'two'], [1]);
  pass(7 * dayMs);
  await expect(retry(work)).rejects.toMatchObject({ code: 'export_expired' });
});

test('of two retries at once one starts an attempt, and the other is told so', async () => {
  const work = await ended(['one', 'two'], [1]);
  const told = await Promise.allSettled([retry(work), retry(work)]);
  expect(told.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(await recordOf(work)).toMatchObject({ status: 'processing', attempt: 2 });
});
