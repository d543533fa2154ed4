import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Catalog } from '../../../lib/core/catalog/catalog.ts';
import type { ExportRecord } from '../../../lib/core/exports/export-record.ts';
import type { Caller } from '../../../lib/core/labels/caller.ts';
import { exposureOf } from '../../../lib/core/labels/exposure.ts';
import { seenExports } from '../../../lib/core/labels/seen-exports.ts';
import type { Page, PageRequest } from '../../../lib/core/page.ts';
import { ownerScopes, roleScopes } from '../../../lib/core/principal.ts';
import { type Receipt, receiptId } from '../../../lib/core/retention/receipt.ts';
import { createReceiptService } from '../../../lib/core/retention/receipt-service.ts';
import { type Azurite, startAzurite } from '../../support/azurite.ts';
import { watchStorage } from '../../support/watch-storage.ts';
import { freshStores, times } from '../tables/fresh-stores.ts';
import { at, exportOf, receiptOf } from '../tables/samples.ts';

let azurite: Azurite;
beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(() => azurite.stop());

const catalog: Catalog = {
  sources: {},
  tables: ['orders', 'users', 'tickets'].map((name) => ({
    name,
    source: 'app',
    from: name,
    tenant: { column: 'tenant_id', rls: false, schema: false },
    key: [],
    labels: { system: name === 'tickets' ? 'desk' : 'shop' },
  })),
  excluded: [],
};
const shop: Caller = { tenantId: 'acme', scopes: ownerScopes, labels: { system: ['shop'] } };
const exportRows = 60;

type Stores = ReturnType<typeof freshStores>;

/** What `deleteExport` writes of an export beside what it signs. */
function seenAs({ exposure, request }: ExportRecord): Pick<Receipt, 'exposure' | 'tables'> {
  const tables = request.tables.map(({ name }) => ({ name }));
  return exposure === undefined ? { tables } : { exposure, tables };
}

/** One in five is wholly of the shop, newest first; the others are mixed or of the desk. */
async function manyExports(
  { exports, exposures }: Stores,
  by: Catalog = catalog,
): Promise<readonly ExportRecord[]> {
  const names = [
    ['orders', 'users'],
    ['tickets'],
    ['orders', 'tickets'],
    ['gone'],
    ['users', 'gone'],
  ];
  const made = await times(exportRows, 8, async (index) => {
    const tables = (names[index % names.length] ?? []).map((name) => ({ name }));
    const { request } = exportOf();
    const exposure = exposureOf({ tables }, by);
    await exposures.remember('acme', exposure);
    const record = exportOf({
      requestedAt: at(index),
      request: { ...request, tables },
      exposure: exposure.id,
    });
    await exports.insert(record);
    return record;
  });
  return made.toReversed();
}

async function allPages<T>(limit: number, read: (page: PageRequest) => Promise<Page<T>>) {
  const pages: (readonly T[])[] = [];
  let cursor: string | undefined;
  do {
    const page = await read({ limit, ...(cursor === undefined ? {} : { cursor }) });
    pages.push(page.items);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return pages;
}

describe('K9 S4 exports of a table that demands a scope', () => {
  const guarded: Catalog = {
    ...catalog,
    tables: catalog.tables.map((table) =>
      table.name === 'tickets' ? { ...table, labels: {}, scope: 'audit:read' } : table,
    ),
  };
  const analyst: Caller = { tenantId: 'acme', scopes: roleScopes.analyst };
  const auditor: Caller = { tenantId: 'acme', scopes: roleScopes.auditor };

  test('are listed and found for whoever has the scope, and for nobody else', async () => {
    const stores = freshStores(azurite.connectionString);
    const made = await manyExports(stores, guarded);
    const withoutTickets = made.filter(({ request }) =>
      request.tables.every(({ name }) => name !== 'tickets'),
    );
    const seenBy = (caller: Caller) => seenExports({ ...stores, catalog: guarded }, caller);
    const lists = async (caller: Caller) =>
      (await allPages(25, (page) => seenBy(caller).list('acme', {}, page))).flat();
    expect(await lists(analyst)).toEqual(withoutTickets);
    expect(await lists(auditor)).toEqual(made);
    for (const record of made) {
      const found = await seenBy(analyst).find('acme', record.id);
      expect(found !== undefined).toBe(withoutTickets.includes(record));
    }
  });

  test('so are their receipts', async () => {
    const stores = freshStores(azurite.connectionString);
    const made = await manyExports(stores, guarded);
    for (const record of made) {
      const facts = { exportId: record.id, deletedAt: at(5), ...seenAs(record) };
      await stores.receipts.insert(receiptOf(receiptId(at(5), record.id), facts));
    }
    const service = createReceiptService({ ...stores, catalog: guarded });
    const of = async (caller: Caller) =>
      (await allPages(25, (page) => service.list(caller, page))).flat().length;
    expect([await of(analyst), await of(auditor)]).toEqual([36, 60]);
  });
});

describe('K11 what is listed for somebody with labels', () => {
  test('exports come in full pages, without the others and without an empty last page', async () => {
    const stores = freshStores(azurite.connectionString);
    const { exports } = stores;
    const made = await manyExports(stores);
    const expected = made.filter((_, index) => (exportRows - 1 - index) % 5 === 0);
    const seen = seenExports({ ...stores, catalog }, shop);
    for (const limit of [1, 5, 6, 12, 200]) {
      const pages = await allPages(limit, (page) => seen.list('acme', {}, page));
      expect(pages.flat()).toEqual(expected);
      expect(pages.slice(0, -1).every(({ length }) => length === limit)).toBe(true);
      expect(pages).toHaveLength(Math.ceil(expected.length / limit));
    }
    const everything = await allPages(200, (page) => exports.list('acme', {}, page));
    expect(everything.flat()).toEqual(made);
  });

  test('an export that does not match is not found', async () => {
    const stores = freshStores(azurite.connectionString);
    const { exports } = stores;
    const [newest, mixed] = (await manyExports(stores)).slice(-5);
    const seen = seenExports({ ...stores, catalog }, shop);
    expect(await seen.find('acme', newest?.id ?? '')).toBeUndefined();
    expect(await seen.find('acme', mixed?.id ?? '')).toBeUndefined();
    expect(await exports.find('acme', mixed?.id ?? '')).toBeDefined();
  });

  test('X12 receipts of exports that do not match are not there; the latest deletion is first', async () => {
    const stores = freshStores(azurite.connectionString);
    const made = await manyExports(stores);
    // Deleted in the order in which they were made backwards: the newest export goes first.
    const receipts = made.map((record, index) => {
      const deletedAt = at(100_000 + index);
      const facts = { exportId: record.id, deletedAt, ...seenAs(record) };
      return receiptOf(receiptId(deletedAt, record.id), facts);
    });
    for (const receipt of receipts) {
      await stores.receipts.insert(receipt);
      await stores.receipts.insert({ ...receipt, files: 99 });
    }
    const service = createReceiptService({ ...stores, catalog });
    const latestFirst = receipts.toReversed();
    const owner: Caller = { tenantId: 'acme', scopes: ownerScopes };
    const all = await allPages(25, (page) => service.list(owner, page));
    expect(all.map(({ length }) => length)).toEqual([25, 25, 10]);
    expect(all.flat()).toEqual(latestFirst);
    const wholly = latestFirst.filter((_, index) => index % 5 === 0);
    const seen = await allPages(5, (page) => service.list(shop, page));
    expect(seen.flat()).toEqual(wholly);
    expect(seen.map(({ length }) => length)).toEqual([5, 5, 2]);
    const [one, other] = [wholly[0]?.id ?? '', latestFirst[1]?.id ?? ''];
    expect(await service.get(shop, one)).toEqual(wholly[0]);
    const refusal = { code: 'not_found', message: 'There is no receipt with this id.' };
    await expect(service.get(shop, other)).rejects.toMatchObject(refusal);
    await expect(service.get(shop, 'missing')).rejects.toMatchObject(refusal);
    await expect(service.get({ ...owner, tenantId: 'other' }, one)).rejects.toMatchObject(refusal);
  });
});

describe('K11 X12 a page for somebody with labels costs a page', () => {
  const history = 2_400;
  let stores: Stores;
  let made: readonly ExportRecord[];
  beforeAll(async () => {
    stores = freshStores(azurite.connectionString);
    const shopOnly = exposureOf({ tables: [{ name: 'orders' }] }, catalog);
    const all = exposureOf({ tables: [{ name: 'orders' }, { name: 'tickets' }] }, catalog);
    for (const exposure of [shopOnly, all]) await stores.exposures.remember('acme', exposure);
    // A night's export of everything for years, and once a shop's own.
    made = await times(history, 40, async (index) => {
      const isShops = index % 600 === 0;
      const tables = [{ name: 'orders' }, ...(isShops ? [] : [{ name: 'tickets' }])];
      const { request } = exportOf();
      const record = exportOf({
        requestedAt: at(index * 1_000),
        request: { ...request, tables },
        exposure: (isShops ? shopOnly : all).id,
      });
      await stores.exports.insert(record);
      const facts = { exportId: record.id, deletedAt: record.requestedAt, ...seenAs(record) };
      await stores.receipts.insert(receiptOf(receiptId(record.requestedAt, record.id), facts));
      return record;
    });
  }, 180_000);

  test('however long the history is and however little of it is seen', async () => {
    const seen = seenExports({ ...stores, catalog }, shop);
    const service = createReceiptService({ ...stores, catalog });
    const page = { limit: 3 };
    await seen.list('acme', {}, page);
    await service.list(shop, page);
    using watch = watchStorage();
    const expected = [1_800, 1_200, 600].map((index) => made[index]?.id);
    expect((await seen.list('acme', {}, page)).items.map(({ id }) => id)).toEqual(expected);
    expect(watch.take()).toHaveLength(2);
    const receipts = await service.list(shop, page);
    expect(receipts.items.map(({ exportId }) => exportId)).toEqual(expected);
    expect(watch.take()).toHaveLength(2);
    const one = receipts.items[0]?.id ?? '';
    expect((await service.get(shop, one)).id).toBe(one);
    expect(watch.take().length).toBeLessThanOrEqual(2);
  });

  test('and what has another label today is hidden all the same', async () => {
    const moved: Catalog = {
      ...catalog,
      tables: catalog.tables.map((table) => ({ ...table, labels: { system: 'desk' } })),
    };
    const page = { limit: 3 };
    const seen = seenExports({ ...stores, catalog: moved }, shop);
    expect(await seen.list('acme', {}, page)).toEqual({ items: [] });
    const service = createReceiptService({ ...stores, catalog: moved });
    expect(await service.list(shop, page)).toEqual({ items: [] });
    const desk: Caller = { ...shop, labels: { system: ['desk'] } };
    const ofDesk = seenExports({ ...stores, catalog: moved }, desk);
    expect(await ofDesk.list('acme', {}, page)).toEqual({ items: [] });
    expect(await ofDesk.find('acme', made[600]?.id ?? '')).toBeUndefined();
  });

  test('a time is a range of keys: its ends are exact', async () => {
    const [from, to] = [made[10], made[20]].map((record) => record?.requestedAt);
    if (from === undefined || to === undefined) throw new TypeError('There are many.');
    const list = (filter: object) => stores.exports.list('acme', filter, { limit: 200 });
    const within = await list({ from, to });
    expect(within.items.map(({ id }) => id)).toEqual(
      made
        .slice(10, 20)
        .toReversed()
        .map(({ id }) => id),
    );
    expect((await list({ from: new Date(to.getTime() + 1), to })).items).toEqual([]);
  });
});
