import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { SluiceError } from '../../../lib/core/errors.ts';
import { cancelExport } from '../../../lib/core/exports/cancel-export.ts';
import { closeExport } from '../../../lib/core/exports/close-export.ts';
import { describeStanding } from '../../../lib/core/exports/describe-standing.ts';
import { planExport } from '../../../lib/core/exports/plan-export.ts';
import type { ExportWork } from '../../../lib/core/exports/starter.ts';
import { exportTable } from '../../../orchestrations/activities/export-table.ts';
import { claimTable } from '../../../orchestrations/activities/table-claim.ts';
import { notingLog } from '../../support/noting-log.ts';
import { acceptExport, openWorkshop, type Workshop } from '../../support/workshop.ts';

const minuteMs = 60_000;
let workshop: Workshop;
/** How often the source was opened. */
let openings: number;

beforeAll(async () => {
  workshop = await openWorkshop();
});
afterAll(() => workshop.stop());
beforeEach(() => {
  openings = 0;
  Object.assign(workshop.source, {
    rows: rowsOf('a', 7),
    counted: undefined,
    beforeOpen: async () => void openings++,
    beforeBatch: async () => {},
  });
});

const rowsOf = (value: string, count: number) =>
  Array.from({ length: count }, (_, index) => [String(index + 1), value]);
const pass = (ms: number) => {
  workshop.time.now = new Date(workshop.time.now.getTime() + ms);
};

async function planned(): Promise<ExportWork> {
  const work = await acceptExport(workshop, ['one']);
  await planExport(workshop.deps, work);
  return work;
}

async function rowOf({ exportId }: ExportWork) {
  const row = await workshop.deps.tables.find(exportId, 0);
  if (row === undefined) throw new Error('no row');
  return row;
}

async function standingOf(work: ExportWork) {
  const record = await workshop.deps.exports.find(work.tenantId, work.exportId);
  if (record === undefined) throw new Error('no export');
  return describeStanding(record.value, [(await rowOf(work)).value], workshop.time.now);
}

/** A run that reads until it is released, by a clock that stands still: what it writes makes nothing young. */
function heldRun(work: ExportWork) {
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  const { promise: reading, resolve: isReading } = Promise.withResolvers<void>();
  workshop.source.beforeBatch = async () => {
    isReading();
    await held;
  };
  const startedAt = workshop.time.now;
  const deps = { ...workshop.deps, clock: () => startedAt };
  const result = exportTable(deps, { ...work, table: 0 });
  const ready = reading.then(() => {
    workshop.source.beforeBatch = async () => {};
  });
  return { release, ready, result };
}

/** A run whose process died just after it began. */
async function lostRun(work: ExportWork): Promise<void> {
  const opening = { writer: String(Math.random()), attempt: work.attempt, now: workshop.time.now };
  await claimTable(workshop.deps.tables, await rowOf(work), opening);
}

const away = (code: 'source_busy' | 'source_unreachable' | 'connection_lost') => async () => {
  throw new SluiceError(code);
};

describe('a table that is read already', () => {
  test('X16 is followed while it is touched within the minute: the first run loses nothing', async () => {
    const work = await planned();
    const first = heldRun(work);
    await first.ready;
    pass(minuteMs - 1);
    const second = exportTable(workshop.deps, { ...work, table: 0 });
    first.release();
    expect(await first.result).toEqual({ ok: true, rows: 7 });
    expect(await second).toEqual({ ok: true, rows: 7 });
    expect(openings).toBe(1);
    expect((await rowOf(work)).value).toMatchObject({ status: 'ready', runs: 1 });
  });

  test('keeps no follower from other work: it says when the run would count as gone', async () => {
    const work = await planned();
    const first = heldRun(work);
    await first.ready;
    pass(20_000);
    const second = await exportTable(workshop.deps, { ...work, table: 0 });
    expect(second).toEqual({ waitMs: 41_000 });
    first.release();
    expect(await first.result).toEqual({ ok: true, rows: 7 });
  });

  test('is taken over after a minute of silence, and the run that was lost writes nothing more', async () => {
    const work = await planned();
    const first = heldRun(work);
    await first.ready;
    pass(minuteMs + 1);
    workshop.source.rows = rowsOf('b', 4);
    const log = notingLog();
    const second = await exportTable({ ...workshop.deps, log }, { ...work, table: 0 });
    expect(second).toEqual({ ok: true, rows: 4 });
    const again = { level: 'warn', message: 'table began again', ...work, table: 'one', runs: 2 };
    expect(log.of('table began again')).toEqual([{ ...again, tableIndex: 0 }]);
    first.release();
    expect(await first.result).toEqual({ ok: true, rows: 4 });
    expect(await closeExport(workshop.deps, work)).toBe('ready');
    expect(await standingOf(work)).toEqual({ runs: 2 });
  });

  test('is not begun for ever: after its last run it fails with a code of its own', async () => {
    const work = await planned();
    for (let run = 1; run <= workshop.deps.tableRunsMax; run++) {
      await lostRun(work);
      pass(minuteMs + 1);
    }
    const last = await exportTable(workshop.deps, { ...work, table: 0 });
    expect(last).toEqual({ ok: false, code: 'table_interrupted' });
    expect(openings).toBe(0);
    const { failure, status } = (await rowOf(work)).value;
    expect({ status, code: failure?.code }).toEqual({
      status: 'failed',
      code: 'table_interrupted',
    });
    expect(failure?.message).toContain('begun 3 times');
  });
});

describe('L9 a source that is full or away', () => {
  test.each(['source_busy', 'source_unreachable', 'connection_lost'] as const)(
    '%s is waited for, which is no run, and is seen',
    async (code) => {
      const work = await planned();
      const log = notingLog();
      const ask = () => exportTable({ ...workshop.deps, log }, { ...work, table: 0 });
      workshop.source.beforeOpen = away(code);
      const since = workshop.time.now;
      const waits: number[] = [];
      while (workshop.time.now.getTime() - since.getTime() < 10 * minuteMs) {
        const result = await ask();
        if (!('waitMs' in result)) throw new Error('It did not wait.');
        waits.push(result.waitMs);
        pass(result.waitMs);
      }
      expect(waits.slice(0, 5)).toEqual([5_000, 5_000, 10_000, 20_000, 30_000]);
      expect(Math.max(...waits)).toBe(30_000);
      expect(await standingOf(work)).toEqual({ waiting: 'source', stalledSince: since, runs: 0 });
      expect(log.of('table waits for its source')).toHaveLength(1);
      workshop.source.beforeOpen = async () => {};
      expect(await ask()).toEqual({ ok: true, rows: 7 });
      expect(await closeExport(workshop.deps, work)).toBe('ready');
      expect(await standingOf(work)).toEqual({ runs: 1 });
    },
  );

  test('is given up on after the time that is set, with its own code', async () => {
    const work = await planned();
    workshop.source.beforeOpen = away('source_busy');
    const ask = () => exportTable(workshop.deps, { ...work, table: 0 });
    await ask();
    pass(workshop.deps.sourceWaitMs - 1_000);
    expect(await ask()).toEqual({ waitMs: 1_000 });
    pass(1_000);
    expect(await ask()).toEqual({ ok: false, code: 'source_busy' });
    expect(await closeExport(workshop.deps, work)).toBe('failed');
  });

  test('does not hold up a cancel: the next look ends the wait', async () => {
    const work = await planned();
    workshop.source.beforeOpen = away('source_unreachable');
    await exportTable(workshop.deps, { ...work, table: 0 });
    await cancelExport(workshop.deps, work.tenantId, work.exportId);
    const result = await exportTable(workshop.deps, { ...work, table: 0 });
    expect(result).toEqual({ ok: false, code: 'cancelled' });
    expect(await closeExport(workshop.deps, work)).toBe('cancelled');
    expect((await rowOf(work)).value.status).toBe('cancelled');
  });
});

test('other trouble that may pass is tried five times, with growing waits', async () => {
  const work = await planned();
  workshop.source.beforeBatch = () => Promise.reject(new SluiceError('storage_unavailable'));
  workshop.deps.tableRunsMax = 10;
  const results = [];
  for (let tries = 1; tries <= 5; tries++) {
    results.push(await exportTable(workshop.deps, { ...work, table: 0 }));
  }
  workshop.deps.tableRunsMax = 3;
  expect(results).toEqual([
    ...[5_000, 10_000, 20_000, 40_000].map((waitMs) => ({ waitMs })),
    { ok: false, code: 'storage_unavailable' },
  ]);
});

test('a run that is left over when its export is closed writes nothing more', async () => {
  const work = await planned();
  const left = heldRun(work);
  await left.ready;
  expect(await closeExport(workshop.deps, work)).toBe('failed');
  left.release();
  expect(await left.result).toEqual({ ok: false, code: 'superseded' });
  expect(await workshop.deps.files.list(work.exportId)).toEqual([]);
  expect((await rowOf(work)).value.status).toBe('failed');
});
