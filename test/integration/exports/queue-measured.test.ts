import { afterAll, beforeAll, expect, test } from 'vitest';
import { planExport } from '../../../lib/core/exports/plan-export.ts';
import { runWatchdog } from '../../../lib/core/exports/watchdog.ts';
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
});
afterAll(() => workshop.stop());

const pass = (seconds: number) => {
  workshop.time.now = new Date(workshop.time.now.getTime() + seconds * 1000);
};

async function measured() {
  const log = notingLog();
  const metrics = notingMetrics();
  await runWatchdog({ ...workshop.deps, log, metrics }, notingStarter('running').starter);
  return { lines: log.of('queue measured'), told: metrics.told, log };
}

const line = { level: 'info', message: 'queue measured' };

test('the watchdog measures what waits and what runs, in the log and as metrics', async () => {
  const nothing = {
    pending: 0,
    processing: 0,
    oldestPendingSeconds: 0,
    oldestProcessingSeconds: 0,
  };
  expect((await measured()).lines).toEqual([{ ...line, ...nothing }]);
  const running = await acceptExport(workshop, ['one']);
  await planExport(workshop.deps, running);
  pass(300);
  await acceptExport(workshop, ['one']);
  pass(30);
  const fresh = await acceptExport(workshop, ['one']);
  pass(12.5);
  const { lines, told } = await measured();
  const queue = {
    pending: 2,
    processing: 1,
    oldestPendingSeconds: 42,
    oldestProcessingSeconds: 342,
  };
  expect(lines).toEqual([{ ...line, ...queue }]);
  expect(told).toEqual([['queueMeasured', queue]]);

  const tenant = await workshop.deps.tenants.find(fresh.tenantId);
  if (tenant === undefined) throw new TypeError('no tenant');
  await workshop.deps.tenants.update({ ...tenant.value, region: 'elsewhere' }, tenant.etag);
  expect((await measured()).lines).toEqual([{ ...line, ...queue, pending: 1 }]);
});

test('an export that cannot be read is logged with its tenant, and the others are measured', async () => {
  const stuck = await acceptExport(workshop, ['one']);
  const { exports } = workshop.deps;
  const find: typeof exports.find = (tenantId, exportId) =>
    exportId === stuck.exportId
      ? Promise.reject(new Error('no answer'))
      : exports.find(tenantId, exportId);
  const log = notingLog();
  const deps = { ...workshop.deps, exports: { ...exports, find }, log };
  await runWatchdog(deps, notingStarter('running').starter);
  const { tenantId, exportId } = stuck;
  expect(log.of('watchdog could not look after an export')).toMatchObject([
    { tenantId, exportId, code: 'internal_error' },
  ]);
  expect(log.of('queue measured')).toMatchObject([{ processing: 1 }]);
});

test('an export that is processing for six hours is named every minute, one of less is not', async () => {
  const work = await acceptExport(workshop, ['one']);
  await planExport(workshop.deps, work);
  const { tenantId, exportId } = work;
  const ofIt = ({ log }: Awaited<ReturnType<typeof measured>>) =>
    log.of('export takes long').filter((one) => one['exportId'] === exportId);
  pass(6 * 3600 - 1);
  expect(ofIt(await measured())).toEqual([]);
  pass(2);
  expect(ofIt(await measured())).toMatchObject([
    { level: 'warn', tenantId, exportId, attempt: 1, hours: 6 },
  ]);
});
