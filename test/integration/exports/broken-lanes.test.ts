import { afterAll, beforeAll, expect, test } from 'vitest';
import { planExport } from '../../../lib/core/exports/plan-export.ts';
import type { ExportWork, InstanceState, LaneRef } from '../../../lib/core/exports/starter.ts';
import { runWatchdog } from '../../../lib/core/exports/watchdog.ts';
import { exportTable } from '../../../orchestrations/activities/export-table.ts';
import { claimTable } from '../../../orchestrations/activities/table-claim.ts';
import { notingLog } from '../../support/noting-log.ts';
import {
  acceptExport,
  notingStarter,
  openWorkshop,
  type Workshop,
} from '../../support/workshop.ts';

const minuteMs = 60_000;
let workshop: Workshop;

beforeAll(async () => {
  workshop = await openWorkshop();
  workshop.source.rows = [['1', 'a']];
});
afterAll(() => workshop.stop());

const pass = (ms: number) => {
  workshop.time.now = new Date(workshop.time.now.getTime() + ms);
};

/** Two tables in two lanes. */
async function planned(): Promise<ExportWork> {
  const work = await acceptExport(workshop, ['one', 'two']);
  expect(await planExport(workshop.deps, { ...work, orderedAt: 'first' })).toEqual({
    next: 'run',
    run: 1,
    lanes: [[0], [1]],
  });
  return work;
}

/** What the watchdog starts of this export, when its instances are in these states. */
async function look(work: ExportWork, stateOf: (lane: LaneRef) => InstanceState) {
  const { starter, lanes, exports } = notingStarter('running', stateOf);
  const log = notingLog();
  await runWatchdog({ ...workshop.deps, log }, starter);
  const isOurs = ({ exportId }: ExportWork) => exportId === work.exportId;
  expect(exports.filter(isOurs)).toEqual([]);
  return { started: lanes.filter(isOurs), log };
}

const states =
  (...byStart: readonly InstanceState[]) =>
  ({ lane, start }: LaneRef): InstanceState =>
    lane === 1 ? (byStart[start] ?? 'missing') : 'running';

test('X16 a lane that broke goes on within a minute, while the other one runs', async () => {
  const work = await planned();
  pass(minuteMs + 1);
  const { started, log } = await look(work, states('broken'));
  const again = { ...work, run: 1, lane: 1, start: 1 };
  expect(started).toEqual([{ ...again, tables: [1] }]);
  const line = { level: 'warn', message: 'watchdog restarts a lane', ...again, tables: 1 };
  expect(log.of('watchdog restarts a lane')).toEqual([line]);
  expect((await look(work, states('broken', 'running'))).started).toEqual([]);
  const twice = await look(work, states('broken', 'broken'));
  expect(twice.started).toEqual([{ ...again, start: 2, tables: [1] }]);
  const six = Array<InstanceState>(6).fill('broken');
  expect((await look(work, states(...six))).started).toEqual([]);
});

test('a lane that broke after its last table was settled is left alone', async () => {
  const work = await planned();
  await exportTable(workshop.deps, { ...work, table: 1 });
  pass(minuteMs + 1);
  expect((await look(work, states('broken'))).started).toEqual([]);
});

test('a table that is still read stays in the new lane, after those that nobody looks after', async () => {
  const work = await acceptExport(workshop, ['one', 'two']);
  const { catalog } = workshop.deps;
  const app = { kind: 'sqlite', file: 'none', parallelTables: 1 } as const;
  const narrow = { ...catalog, sources: { app } };
  await planExport({ ...workshop.deps, catalog: narrow }, work);
  pass(minuteMs + 1);
  const found = await workshop.deps.tables.find(work.exportId, 0);
  if (found === undefined) throw new Error('no row');
  const opening = { writer: 'w', attempt: 1, now: workshop.time.now };
  await claimTable(workshop.deps.tables, found, opening);
  const broken = () => 'broken' as const;
  const { started } = await look(work, ({ start }) => (start === 0 ? broken() : 'missing'));
  expect(started.map(({ tables }) => tables)).toEqual([[1, 0]]);
});

test('a lane that has not begun is given ten minutes: under load it can take that long', async () => {
  const work = await planned();
  pass(9 * minuteMs);
  expect((await look(work, states('missing'))).started).toEqual([]);
  pass(2 * minuteMs);
  const { started } = await look(work, states('missing'));
  expect(started).toMatchObject([{ lane: 1, start: 1, tables: [1] }]);
});

test('one order gives one plan, however often and at once it is asked; a new order plans what is left', async () => {
  const work = await acceptExport(workshop, ['one', 'two']);
  const order = { ...work, orderedAt: 'first' };
  const plans = await Promise.all([1, 2, 3].map(() => planExport(workshop.deps, order)));
  expect(plans).toEqual(plans.map(() => ({ next: 'run', run: 1, lanes: [[0], [1]] })));
  await exportTable(workshop.deps, { ...work, table: 0 });
  expect(await planExport(workshop.deps, order)).toEqual(plans[0]);
  const left = await planExport(workshop.deps, { ...work, orderedAt: 'second' });
  expect(left).toEqual({ next: 'run', run: 2, lanes: [[1]] });
});
