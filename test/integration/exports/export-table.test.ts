import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { cancelExport } from '../../../lib/core/exports/cancel-export.ts';
import { closeExport } from '../../../lib/core/exports/close-export.ts';
import { planExport } from '../../../lib/core/exports/plan-export.ts';
import type { ExportWork } from '../../../lib/core/exports/starter.ts';
import { exportTable } from '../../../orchestrations/activities/export-table.ts';
import { acceptExport, openWorkshop, type Workshop } from '../../support/workshop.ts';

let workshop: Workshop;

beforeAll(async () => {
  workshop = await openWorkshop();
});
afterAll(() => workshop.stop());
beforeEach(() => {
  Object.assign(workshop.source, {
    rows: rowsOf('a', 7),
    counted: undefined,
    otherKinds: new Map(),
    beforeOpen: async () => {},
    beforeBatch: async () => {},
  });
});

const rowsOf = (value: string, count: number) =>
  Array.from({ length: count }, (_, index) => [String(index + 1), value]);

async function planned(tables: readonly string[] = ['one']): Promise<ExportWork> {
  const work = await acceptExport(workshop, tables);
  await planExport(workshop.deps, work);
  return work;
}

async function textsOf({ exportId }: ExportWork): Promise<Readonly<Record<string, string>>> {
  const { files } = workshop.deps;
  const stored = await files.list(exportId);
  const entries = stored.map(async ({ name }): Promise<[string, string]> => {
    const bytes = await files.get({ exportId, name });
    return [name, Buffer.from(bytes ?? []).toString()];
  });
  return Object.fromEntries(await Promise.all(entries));
}

const csv = (value: string, ids: readonly number[]) =>
  ['"id","value"', ...ids.map((id) => `${id},${value}`), ''].join('\n');

test('X10 X9 the manifest says how many values of a column do not fit its type, and how all are written', async () => {
  workshop.source.otherKinds = new Map([
    ['id', 0],
    ['value', 3],
  ]);
  const work = await planned();
  await exportTable(workshop.deps, { ...work, table: 0 });
  await closeExport(workshop.deps, work);
  const { 'manifest.json': text = '', 'schema.json': schema = '' } = await textsOf(work);
  const manifest = JSON.parse(text);
  const counts = ({ name, otherKinds }: Record<string, unknown>) => [name, otherKinds];
  expect(manifest.tables[0].columns.map(counts)).toEqual([
    ['id', undefined],
    ['value', 3],
  ]);
  expect(JSON.parse(schema).tables[0].columns).toEqual(manifest.tables[0].columns);
  expect(manifest.format).toMatchObject({
    headerQuotes: 'always',
    valueQuotes: 'where needed',
    booleans: 'true/false',
    times: 'ISO 8601, UTC',
    bytes: 'base64',
  });
});

test('L5 a table is written in parts, and a second run returns at once and changes nothing', async () => {
  const work = await planned();
  const result = await exportTable(workshop.deps, { ...work, table: 0 });
  expect(result).toEqual({ ok: true, rows: 7 });
  const files = {
    'one-00001.csv': csv('a', [1, 2, 3]),
    'one-00002.csv': csv('a', [4, 5, 6]),
    'one-00003.csv': csv('a', [7]),
  };
  expect(await textsOf(work)).toEqual(files);
  workshop.source.rows = rowsOf('changed since', 9);
  expect(await exportTable(workshop.deps, { ...work, table: 0 })).toEqual(result);
  expect(await textsOf(work)).toEqual(files);
});

test('X1 a source that counts more rows than it gives fails its table and never becomes ready', async () => {
  const work = await planned();
  workshop.source.counted = 8;
  const result = await exportTable(workshop.deps, { ...work, table: 0 });
  expect(result).toEqual({ ok: false, code: 'count_mismatch' });
  expect(await closeExport(workshop.deps, work)).toBe('failed');
  expect(await textsOf(work)).toEqual({});
});

test('a shorter second attempt leaves no part of the longer first one behind', async () => {
  const work = await planned();
  let batches = 0;
  workshop.source.beforeBatch = async () => {
    batches++;
    if (batches > 5) throw new Error('the source broke');
  };
  expect(await exportTable(workshop.deps, { ...work, table: 0 })).toEqual({ waitMs: 5_000 });
  workshop.source.rows = rowsOf('b', 2);
  workshop.source.beforeBatch = async () => {};
  expect(await exportTable(workshop.deps, { ...work, table: 0 })).toEqual({ ok: true, rows: 2 });
  expect(await closeExport(workshop.deps, work)).toBe('ready');
  expect(Object.keys(await textsOf(work)).sort()).toEqual([
    'manifest.json',
    'manifest.jws',
    'one-00001.csv',
    'schema.json',
  ]);
});

test('cancel stops a running table within seconds, and closing removes everything', async () => {
  const work = await planned();
  workshop.source.rows = rowsOf('a', 100_000);
  workshop.source.beforeBatch = () => delay(20);
  const running = exportTable(workshop.deps, { ...work, table: 0 });
  await cancelExport(workshop.deps, work.tenantId, work.exportId);
  expect(await running).toEqual({ ok: false, code: 'cancelled' });
  expect(await closeExport(workshop.deps, work)).toBe('cancelled');
  expect(await workshop.deps.files.exists(work.exportId)).toBe(false);
  const [row] = await workshop.deps.tables.list(work.exportId);
  expect(row?.value.status).toBe('cancelled');
});

describe('closing', () => {
  test('X1 a file that was changed behind our back fails its table', async () => {
    const work = await planned(['one', 'two']);
    for (const table of [0, 1]) await exportTable(workshop.deps, { ...work, table });
    const file = { exportId: work.exportId, name: 'one-00002.csv' };
    const facts = { contentType: 'text/csv', sha256: 'other' };
    await workshop.deps.files.put(file, Buffer.from('tampered'), facts);
    expect(await closeExport(workshop.deps, work)).toBe('partially_ready');
    const rows = await workshop.deps.tables.list(work.exportId);
    expect(rows.map(({ value }) => [value.name, value.status, value.failure?.code])).toEqual([
      ['one', 'failed', 'file_mismatch'],
      ['two', 'ready', undefined],
    ]);
  });

  test('twice at once gives one manifest, and the row knows its digest', async () => {
    const work = await planned();
    await exportTable(workshop.deps, { ...work, table: 0 });
    const states = await Promise.all([
      closeExport(workshop.deps, work),
      closeExport(workshop.deps, work),
    ]);
    expect(states).toEqual(['ready', 'ready']);
    const { manifest } =
      (await workshop.deps.exports.find(work.tenantId, work.exportId))?.value ?? {};
    const stored = await workshop.deps.files.list(work.exportId);
    expect(stored.find(({ name }) => name === 'manifest.json')?.sha256).toBe(manifest?.sha256);
    expect(manifest?.revision).toBe(1);
  });

  test('a table that never ran is named as failed, not forgotten', async () => {
    const work = await planned(['one', 'two']);
    await exportTable(workshop.deps, { ...work, table: 0 });
    expect(await closeExport(workshop.deps, work)).toBe('partially_ready');
    const bytes = await workshop.deps.files.get({
      exportId: work.exportId,
      name: 'manifest.json',
    });
    expect(JSON.parse(Buffer.from(bytes ?? []).toString())).toMatchObject({
      failedTables: [{ name: 'two', code: 'internal_error' }],
    });
  });
});
