import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { cancelExport } from '../../../lib/core/exports/cancel-export.ts';
import { closeExport } from '../../../lib/core/exports/close-export.ts';
import { planExport } from '../../../lib/core/exports/plan-export.ts';
import { retryExport } from '../../../lib/core/exports/retry-export.ts';
import type { ExportWork } from '../../../lib/core/exports/starter.ts';
import { exportTable } from '../../../orchestrations/activities/export-table.ts';
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

/** Each case has a log and metrics of its own, and a clock that a second passes on with each look. */
function observed() {
  const log = notingLog();
  const metrics = notingMetrics();
  let nowMs = workshop.time.now.getTime();
  const clock = () => {
    nowMs += 1000;
    return new Date(nowMs);
  };
  return { deps: { ...workshop.deps, log, metrics, clock }, log, told: metrics.told };
}

beforeEach(() => {
  Object.assign(workshop.source, { rows: rowsOf(7), counted: undefined });
});

const rowsOf = (count: number) => Array.from({ length: count }, (_, index) => [`${index}`, 'a']);

async function planned(tables: readonly string[] = ['one']): Promise<ExportWork> {
  const work = await acceptExport(workshop, tables);
  await planExport(workshop.deps, work);
  return work;
}

async function storedBytes({ exportId }: ExportWork): Promise<number> {
  const parts = await workshop.deps.parts.list(exportId);
  return parts.reduce((sum, { bytes }) => sum + bytes, 0);
}

const facts = ({ exportId, tenantId, attempt }: ExportWork) => ({ exportId, tenantId, attempt });

describe('a table that was written', () => {
  test('is one line and one fact with its rows, stored bytes and time, even if the step runs twice', async () => {
    const { deps, log, told } = observed();
    const work = await planned();
    await exportTable(deps, { ...work, table: 0 });
    await exportTable(deps, { ...work, table: 0 });
    const bytes = await storedBytes(work);
    expect(bytes).toBeGreaterThan(0);
    const written = { source: 'app', rows: 7, bytes, durationMs: expect.any(Number) };
    expect(log.of('table exported')).toEqual([
      {
        level: 'info',
        message: 'table exported',
        ...facts(work),
        table: 'one',
        tableIndex: 0,
        ...written,
      },
    ]);
    expect(told).toEqual([['tableExported', { table: 'one', ...written }]]);
    expect(log.of('table exported')[0]?.['durationMs']).toBeGreaterThanOrEqual(1000);
  });

  test('is none when the source counts more than it gives; then a line says which table and why', async () => {
    const { deps, log, told } = observed();
    const work = await planned(['two', 'one']);
    workshop.source.counted = 8;
    await exportTable(deps, { ...work, table: 1 });
    expect(told).toEqual([]);
    expect(log.of('table exported')).toEqual([]);
    expect(log.of('table could not be exported')).toEqual([
      {
        level: 'error',
        message: 'table could not be exported',
        ...facts(work),
        table: 'one',
        tableIndex: 1,
        passing: false,
        code: 'count_mismatch',
      },
    ]);
  });
});

describe('the end of an attempt', () => {
  test('is one line and one fact, even if the closing step runs twice', async () => {
    const { deps, log, told } = observed();
    const work = await planned();
    await exportTable(workshop.deps, { ...work, table: 0 });
    await closeExport(deps, work);
    await closeExport(deps, work);
    const end = {
      level: 'info',
      message: 'export ended',
      ...facts(work),
      status: 'ready',
      rows: 7,
      bytes: await storedBytes(work),
      tables: 1,
      failedTables: 0,
      durationMs: expect.any(Number),
    };
    expect(log.of('export ended')).toEqual([end]);
    const durationMs = log.of('export ended')[0]?.['durationMs'];
    expect(durationMs).toBeGreaterThanOrEqual(1000);
    expect(told).toEqual([['exportEnded', { status: 'ready', durationMs }]]);
  });

  test('is told when the answer to the last write was lost', async () => {
    const { deps, log } = observed();
    const work = await planned();
    const update: typeof deps.exports.update = async (record, etag) => {
      await workshop.deps.exports.update(record, etag);
      // The same write again, as a client makes it that got no answer.
      if (record.completedAt !== undefined) await workshop.deps.exports.update(record, etag);
    };
    await closeExport({ ...deps, exports: { ...deps.exports, update } }, work);
    expect(log.of('export ended')).toMatchObject([{ status: 'failed', failedTables: 1 }]);
  });

  test('says what succeeded and what failed; a retry has an end and a time of its own', async () => {
    const { deps, log, told } = observed();
    const work = await planned(['one', 'two']);
    await exportTable(workshop.deps, { ...work, table: 0 });
    await closeExport(deps, work);
    const laterMs = workshop.time.now.getTime() + 3_600_000;
    const later = { ...deps, clock: () => new Date(laterMs) };
    await retryExport(later, work.tenantId, work.exportId, notingStarter().starter);
    const second = { ...work, attempt: 2 };
    await planExport(workshop.deps, second);
    await exportTable(workshop.deps, { ...second, table: 1 });
    await closeExport({ ...deps, clock: () => new Date(laterMs + 5000) }, second);
    expect(log.of('export ended')).toMatchObject([
      { ...facts(work), status: 'partially_ready', rows: 7, tables: 2, failedTables: 1 },
      { ...facts(second), status: 'ready', rows: 14, failedTables: 0, durationMs: 5000 },
    ]);
    expect(told.map(([, ended]) => ended)).toMatchObject([
      { status: 'partially_ready' },
      { status: 'ready', durationMs: 5000 },
    ]);
  });

  test('of a cancelled one has nothing in it', async () => {
    const { deps, log, told } = observed();
    const work = await planned();
    await cancelExport(workshop.deps, work.tenantId, work.exportId);
    await closeExport(deps, work);
    expect(log.of('export ended')).toMatchObject([
      { ...facts(work), status: 'cancelled', rows: 0, bytes: 0, tables: 1, failedTables: 0 },
    ]);
    expect(told).toMatchObject([['exportEnded', { status: 'cancelled' }]]);
  });
});
