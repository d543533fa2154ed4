import { afterAll, beforeAll, expect, test } from 'vitest';
import { planExport } from '../../../lib/core/exports/plan-export.ts';
import type { ExportWork } from '../../../lib/core/exports/starter.ts';
import { runWatchdog } from '../../../lib/core/exports/watchdog.ts';
import { hereOnly } from '../../../orchestrations/activities/here-only.ts';
import {
  acceptExport,
  notingStarter,
  openWorkshop,
  type Workshop,
} from '../../support/workshop.ts';

let workshop: Workshop;
beforeAll(async () => {
  workshop = await openWorkshop();
});
afterAll(() => workshop.stop());

async function move(tenantId: string, region: string): Promise<void> {
  const { tenants } = workshop.deps;
  const found = await tenants.find(tenantId);
  if (found === undefined) throw new Error('There is no tenant.');
  await tenants.update({ ...found.value, region }, found.etag);
}

/** What the storage holds of an export. */
async function traces({ tenantId, exportId }: ExportWork) {
  const { deps } = workshop;
  return {
    row: await deps.exports.find(tenantId, exportId),
    tables: await deps.tables.list(exportId),
    hasContainer: await deps.files.exists(exportId),
  };
}

async function watchdogStarts(): Promise<readonly ExportWork[]> {
  workshop.time.now = new Date(workshop.time.now.getTime() + 120_000);
  const { starter, exports } = notingStarter('broken');
  await runWatchdog(workshop.deps, starter);
  return exports;
}

test('K4 an export of a tenant of another region waits untouched, and goes on once the region is right', async () => {
  const { deps } = workshop;
  const plan = hereOnly(deps, { next: 'nothing', run: 0, lanes: [] }, (work: ExportWork) =>
    planExport(deps, work),
  );
  const work = await acceptExport(workshop, ['one']);
  const before = await traces(work);
  await move(work.tenantId, 'elsewhere');
  expect(await plan(work)).toEqual({ next: 'nothing', run: 0, lanes: [] });
  expect(await watchdogStarts()).toEqual([]);
  expect(await traces(work)).toEqual(before);
  expect(before).toMatchObject({ row: { value: { status: 'pending' } }, hasContainer: false });
  await move(work.tenantId, 'local');
  expect(await watchdogStarts()).toEqual([work]);
  expect(await plan(work)).toEqual({ next: 'run', run: 1, lanes: [[0]] });
});
