import { expect, test } from 'vitest';
import type { Catalog, CatalogTable } from '../../../lib/core/catalog/catalog.ts';
import { createDescribeTables } from '../../../lib/core/catalog/describe-tables.ts';
import { SluiceError } from '../../../lib/core/errors.ts';
import type { Column } from '../../../lib/core/sources/column.ts';
import type { Snapshot, SnapshotRequest, Source } from '../../../lib/core/sources/source.ts';

const table = (name: string, source: string): CatalogTable => ({
  name,
  source,
  from: `public.${name}`,
  tenant: { column: 'tenant_id', rls: false, schema: false },
  key: ['id'],
  labels: {},
});

const tables = [table('orders', 'shop'), table('users', 'shop'), table('tickets', 'desk')];
const catalog: Catalog = { sources: {}, tables, excluded: [] };
const column: Column = { name: 'id', type: 'text', sourceType: 'text', nullable: false, key: true };

/** Counts what the sources are asked; each answer waits until it is let go. */
function world() {
  const opened: { readonly source: string; readonly tenant: string }[] = [];
  const waiting: (() => void)[] = [];
  const broken = new Map<string, SluiceError>();
  let now = 0;
  const snapshot = (source: string): Snapshot => ({
    takenAt: new Date(0),
    describe: async ({ name }) => {
      const error = broken.get(name);
      if (error !== undefined) throw error;
      return [column];
    },
    count: async () => 0,
    stream: () => Promise.reject(new Error('nothing is read')),
    [Symbol.asyncDispose]: async () => {
      const error = broken.get(`end of ${source}`);
      if (error !== undefined) throw error;
    },
  });
  const sourceOf = (source: string): Source => ({
    openSnapshot: async ({ tenantSourceId }: SnapshotRequest) => {
      opened.push({ source, tenant: tenantSourceId });
      await new Promise<void>((resolve) => waiting.push(resolve));
      const error = broken.get(source);
      if (error !== undefined) throw error;
      return snapshot(source);
    },
    close: async () => {},
  });
  const describe = createDescribeTables({
    catalog,
    sources: sourceOf,
    clock: () => new Date(now),
  });
  return {
    opened,
    broken,
    describe,
    pass: (seconds: number) => {
      now += seconds * 1000;
    },
    /** Lets every source answer that was asked, until nobody waits. */
    answer: async <T>(asked: Promise<T>): Promise<T> => {
      const done = asked.then(() => 'done' as const);
      while (
        (await Promise.race([done, new Promise((resolve) => setImmediate(resolve))])) !== 'done'
      ) {
        for (const go of waiting.splice(0)) go();
      }
      return asked;
    },
  };
}

test('S28 a crowd that asks at once is one question to each source, for each tenant', async () => {
  const { describe, opened, answer } = world();
  const crowd = Array.from({ length: 60 }, () => describe('t-1'));
  const [first, ...others] = await answer(Promise.all(crowd));
  expect(first?.map(({ table: { name }, columns }) => [name, columns])).toEqual([
    ['orders', [column]],
    ['users', [column]],
    ['tickets', [column]],
  ]);
  for (const other of others) expect(other).toEqual(first);
  expect(opened).toEqual([
    { source: 'shop', tenant: 't-1' },
    { source: 'desk', tenant: 't-1' },
  ]);
  await answer(Promise.all([describe('t-2'), describe('t-1'), describe('t-2')]));
  expect(opened.slice(2)).toEqual([
    { source: 'shop', tenant: 't-2' },
    { source: 'desk', tenant: 't-2' },
  ]);
});

test('what is good is kept for five minutes, a failure for fifteen seconds, each source for itself', async () => {
  const { describe, opened, broken, pass, answer } = world();
  broken.set('desk', new SluiceError('source_unreachable', { message: 'Down.' }));
  const failures = async () =>
    (await answer(describe('t'))).map(({ failure }) => failure?.message ?? 'fine');
  const asked = () => opened.splice(0).map(({ source }) => source);
  expect(await failures()).toEqual(['fine', 'fine', 'Down.']);
  expect(asked()).toEqual(['shop', 'desk']);
  pass(14);
  expect(await failures()).toEqual(['fine', 'fine', 'Down.']);
  expect(asked()).toEqual([]);
  pass(2);
  broken.clear();
  expect(await failures()).toEqual(['fine', 'fine', 'fine']);
  expect(asked()).toEqual(['desk']);
  pass(299 - 16);
  await failures();
  expect(asked()).toEqual([]);
  pass(2);
  await failures();
  expect(asked()).toEqual(['shop']);
});

test('S36 an error of one table stays with it, and an end that breaks takes nothing back', async () => {
  const { describe, broken, answer } = world();
  broken.set('users', new SluiceError('login_too_powerful', { message: 'It may write "users".' }));
  broken.set('end of shop', new SluiceError('connection_lost'));
  const views = await answer(describe('t'));
  expect(views.map(({ table: { name }, failure }) => [name, failure?.code])).toEqual([
    ['orders', undefined],
    ['users', 'login_too_powerful'],
    ['tickets', undefined],
  ]);
});

test('only the sources of the tables that are asked for are asked', async () => {
  const { describe, opened, answer } = world();
  const views = await answer(describe('t', [tables[2] as CatalogTable]));
  expect(views.map((view) => view.table.name)).toEqual(['tickets']);
  expect(opened.map(({ source }) => source)).toEqual(['desk']);
});

test('no more than 400 descriptions are kept, the latest ones', async () => {
  const { describe, opened, answer } = world();
  const desk = [tables[2] as CatalogTable];
  for (let tenant = 0; tenant <= 400; tenant++) await answer(describe(`t-${tenant}`, desk));
  opened.splice(0);
  await answer(describe('t-400', desk));
  await answer(describe('t-1', desk));
  expect(opened).toEqual([]);
  await answer(describe('t-0', desk));
  expect(opened).toHaveLength(1);
});
