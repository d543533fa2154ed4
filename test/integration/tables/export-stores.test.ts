import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Azurite, startAzurite } from '../../support/azurite.ts';
import { freshStores, times } from './fresh-stores.ts';
import { at, exportOf, fullExport, fullTable, partOf, tableOf } from './samples.ts';

let azurite: Azurite;
beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(() => azurite.stop());
const stores = () => freshStores(azurite.connectionString);

describe('exports', () => {
  test('come back whole, with few fields and with all', async () => {
    const { exports } = stores();
    for (const record of [exportOf(), fullExport()]) {
      expect(await exports.insert(record)).toBe(true);
      const found = await exports.find(record.tenantId, record.id);
      expect(found).toEqual({ value: record, etag: expect.stringContaining('datetime') });
    }
  });

  test('keep a request of 300 KB, with characters of every size', async () => {
    const { exports } = stores();
    const columns = Array.from(
      { length: 9_000 },
      (_, index) => `column ${index} 日本🙂 ${'x'.repeat(index % 30)}`,
    );
    const record = exportOf();
    const large = {
      ...record,
      request: { ...record.request, tables: [{ name: 'wide', columns }] },
    };
    expect(JSON.stringify(large.request).length).toBeGreaterThan(300_000);
    expect(await exports.insert(large)).toBe(true);
    expect((await exports.find('acme', large.id))?.value).toEqual(large);
  });

  test('too large for an entity are refused with their size, and nothing is stored', async () => {
    const { exports } = stores();
    const record = exportOf();
    const columns = ['x'.repeat(600_000)];
    const huge = { ...record, request: { ...record.request, tables: [{ name: 'wide', columns }] } };
    await expect(exports.insert(huge)).rejects.toMatchObject({
      code: 'internal_error',
      internal: expect.stringMatching(
        /^Too large for Table Storage: an entity has 12\d{5} bytes\.$/,
      ),
    });
    expect(await exports.find('acme', record.id)).toBeUndefined();
  });

  test('an id that is taken is not overwritten, even by the same content', async () => {
    const { exports } = stores();
    const record = exportOf();
    expect(await exports.insert(record)).toBe(true);
    expect(await exports.insert({ ...record, attempt: 2 })).toBe(false);
    expect(await exports.insert(record)).toBe(false);
    expect((await exports.find('acme', record.id))?.value).toEqual(record);
  });

  test('of 20 inserts of one id at the same moment exactly one is made', async () => {
    const { exports } = stores();
    const record = exportOf();
    const made = await times(20, 20, () => exports.insert(record));
    expect(made.filter(Boolean)).toHaveLength(1);
  });

  test('a foreign tenant, a missing id and an impossible id are all not found', async () => {
    const { exports } = stores();
    const record = exportOf();
    await exports.insert(record);
    const ids = ['missing', '', '../x', "a'b", 'a/b#c?d\\e%f', '\u0000', 'x'.repeat(5_000), '🙂'];
    expect(await exports.find('other', record.id)).toBeUndefined();
    for (const id of ids) expect(await exports.find('acme', id)).toBeUndefined();
  });

  test('change only from the version they were read at', async () => {
    const { exports } = stores();
    const record = exportOf();
    await exports.insert(record);
    const { etag = '' } = (await exports.find('acme', record.id)) ?? {};
    await exports.update({ ...record, status: 'processing', startedAt: at(1) }, etag);
    await expect(exports.update({ ...record, status: 'failed' }, etag)).rejects.toMatchObject({
      code: 'changed_meanwhile',
    });
    const found = await exports.find('acme', record.id);
    expect(found?.value).toEqual({ ...record, status: 'processing', startedAt: at(1) });
  });

  test('lose the fields that an update leaves out', async () => {
    const { exports } = stores();
    const full = fullExport();
    await exports.insert(full);
    const { etag = '' } = (await exports.find('acme', full.id)) ?? {};
    const { error, totals, startedAt, deletion, ...rest } = full;
    await exports.update(rest, etag);
    expect((await exports.find('acme', full.id))?.value).toEqual(rest);
  });

  test('of 10 changes from one version exactly one is made', async () => {
    const { exports } = stores();
    const record = exportOf();
    await exports.insert(record);
    const { etag = '' } = (await exports.find('acme', record.id)) ?? {};
    const ends = await times(10, 10, (index) =>
      exports.update({ ...record, attempt: index + 2 }, etag).then(
        () => 'made',
        (error: { code: string }) => error.code,
      ),
    );
    expect(ends.toSorted()).toEqual([...Array(9).fill('changed_meanwhile'), 'made']);
  });

  test('an export that is gone cannot be changed', async () => {
    const { exports } = stores();
    await expect(exports.update(exportOf(), 'W/"x"')).rejects.toMatchObject({
      code: 'changed_meanwhile',
    });
  });
});

describe('lists of exports', () => {
  test('450 of one tenant, newest first, in pages of 200, each once; other tenants are not seen', async () => {
    const { exports } = stores();
    const records = await times(450, 30, async (index) => {
      const record = exportOf({ requestedAt: at(index * 1_000) });
      await exports.insert(record);
      return record;
    });
    await exports.insert(exportOf({ tenantId: 'acme2' }));
    await exports.insert(exportOf({ tenantId: 'acm' }));
    const seen: string[] = [];
    const sizes: number[] = [];
    let cursor: string | undefined;
    do {
      const page = await exports.list('acme', {}, { limit: 200, ...(cursor && { cursor }) });
      seen.push(...page.items.map(({ id }) => id));
      sizes.push(page.items.length);
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(sizes).toEqual([200, 200, 50]);
    expect(seen).toEqual(records.map(({ id }) => id).toReversed());

    const failed = { status: 'failed' as const };
    expect(await exports.list('acme', failed, { limit: 200 })).toEqual({ items: [] });
    const window = { from: at(100_000), to: at(103_000) };
    const found = await exports.list('acme', window, { limit: 200 });
    expect(found).toEqual({ items: [records[102], records[101], records[100]] });
  });

  test('a full page that is the last one has no cursor, so no empty page follows', async () => {
    const { exports } = stores();
    await times(4, 4, (index) => exports.insert(exportOf({ requestedAt: at(index) })));
    const first = await exports.list('acme', {}, { limit: 2 });
    expect(first.items).toHaveLength(2);
    const cursor = first.nextCursor ?? '';
    const second = await exports.list('acme', {}, { limit: 2, cursor });
    expect(second.items).toHaveLength(2);
    expect(second).not.toHaveProperty('nextCursor');
    expect(await exports.list('nobody', {}, { limit: 1 })).toEqual({ items: [] });
  });

  test('filter by state and time together, on every page', async () => {
    const { exports } = stores();
    const all = await times(30, 10, async (index) => {
      const status = index % 3 === 0 ? ('failed' as const) : ('ready' as const);
      const record = exportOf({ requestedAt: at(index * 1_000), status });
      await exports.insert(record);
      return record;
    });
    const filter = { status: 'failed' as const, from: at(3_000), to: at(24_000) };
    const expected = all
      .filter(({ status }) => status === 'failed')
      .filter(({ requestedAt }) => requestedAt >= filter.from && requestedAt < filter.to)
      .toReversed();
    const first = await exports.list('acme', filter, { limit: 4 });
    const cursor = first.nextCursor ?? '';
    const second = await exports.list('acme', filter, { limit: 4, cursor });
    expect([...first.items, ...second.items]).toEqual(expected);
    expect([first.items.length, second.items.length, second.nextCursor]).toEqual([4, 3, undefined]);
  });

  test('an export made between two pages neither doubles nor hides another', async () => {
    const { exports } = stores();
    const old = await times(4, 4, async (index) => {
      const record = exportOf({ requestedAt: at(index) });
      await exports.insert(record);
      return record;
    });
    const first = await exports.list('acme', {}, { limit: 2 });
    await exports.insert(exportOf({ requestedAt: at(100) }));
    const cursor = first.nextCursor ?? '';
    const second = await exports.list('acme', {}, { limit: 2, cursor });
    expect([...first.items, ...second.items]).toEqual(old.toReversed());
  });

  test("a changed cursor and another list's cursor are refused", async () => {
    const { exports, tenants } = stores();
    for (const tenantId of ['acme', 'other']) {
      await times(3, 3, (index) => exports.insert(exportOf({ tenantId, requestedAt: at(index) })));
    }
    const { nextCursor = '' } = await exports.list('acme', {}, { limit: 1 });
    const forged = Buffer.from(JSON.stringify({ after: '0', of: 'x' })).toString('base64url');
    const odd = Buffer.from('{"after":1}').toString('base64url');
    const broken = ['', 'x', '%%%', 'null', nextCursor.slice(1), `${nextCursor}A`, forged, odd];
    const flipped = [...nextCursor].map((character, place) => {
      const other = character === 'A' ? 'B' : 'A';
      return nextCursor.slice(0, place) + other + nextCursor.slice(place + 1);
    });
    for (const cursor of [...broken, ...flipped]) {
      await expect(exports.list('acme', {}, { limit: 1, cursor })).rejects.toMatchObject({
        code: 'invalid_query',
        mistakes: [{ pointer: '/cursor' }],
      });
    }
    const foreign = { limit: 1, cursor: nextCursor };
    await expect(exports.list('other', {}, foreign)).rejects.toMatchObject({
      code: 'invalid_query',
    });
    await expect(tenants.list(foreign)).rejects.toMatchObject({ code: 'invalid_query' });
  });

  test('tenant ids with quotes stay inside their partition', async () => {
    const { exports } = stores();
    const tricky = "x' or PartitionKey ne 'y";
    await exports.insert(exportOf());
    const own = exportOf({ tenantId: tricky });
    await exports.insert(own);
    expect(await exports.list(tricky, {}, { limit: 10 })).toEqual({ items: [own] });
  });
});

describe('tables of an export', () => {
  test('come back whole and in order, and missing ones are added without touching the others', async () => {
    const { tables } = stores();
    const full = fullTable();
    await tables.insertMissing('e1', [tableOf({ index: 2, name: 'c' }), full]);
    const { etag = '' } = (await tables.find('e1', 2)) ?? {};
    await tables.update(tableOf({ index: 2, name: 'c', status: 'running', rows: 5 }), etag);
    const wanted = Array.from({ length: 25 }, (_, index) => tableOf({ index, name: `n${index}` }));
    await tables.insertMissing('e1', wanted);
    await tables.insertMissing('e1', wanted);
    const listed = (await tables.list('e1')).map(({ value }) => value);
    const expected = wanted.with(0, full);
    expect(listed).toEqual(
      expected.with(2, tableOf({ index: 2, name: 'c', status: 'running', rows: 5 })),
    );
    expect(await tables.list('e2')).toEqual([]);
    expect(await tables.find('e1', 25)).toBeUndefined();
  });

  test('progress is written by one writer after another: each change names the version before', async () => {
    const { tables } = stores();
    await tables.insertMissing('e1', [tableOf()]);
    const { etag: first = '' } = (await tables.find('e1', 0)) ?? {};
    const second = await tables.update(tableOf({ rows: 1 }), first);
    const third = await tables.update(tableOf({ rows: 2 }), second);
    await expect(tables.update(tableOf({ rows: 3 }), second)).rejects.toMatchObject({
      code: 'changed_meanwhile',
    });
    expect(await tables.find('e1', 0)).toEqual({ value: tableOf({ rows: 2 }), etag: third });
    expect(await tables.list('e1')).toEqual([{ value: tableOf({ rows: 2 }), etag: third }]);
  });
});

describe('parts', () => {
  test('are listed by table and part, for one table or all, and can be replaced and removed', async () => {
    const { parts } = stores();
    const all = [partOf(0, 1), partOf(1, 1), partOf(1, 2), partOf(1, 10), partOf(11, 1)];
    for (const part of all.toReversed()) await parts.put(part);
    await parts.put({ ...partOf(7, 1), exportId: 'e10' });
    expect(await parts.list('e1')).toEqual(all);
    expect(await parts.list('e1', 1)).toEqual([partOf(1, 1), partOf(1, 2), partOf(1, 10)]);
    const replaced = { ...partOf(1, 2), rows: 7, sha256: '00' };
    await parts.put(replaced);
    expect(await parts.list('e1', 1)).toEqual([partOf(1, 1), replaced, partOf(1, 10)]);
    await parts.remove({ exportId: 'e1', tableIndex: 1, partIndex: 2 });
    await parts.remove({ exportId: 'e1', tableIndex: 1, partIndex: 2 });
    expect(await parts.list('e1', 1)).toEqual([partOf(1, 1), partOf(1, 10)]);
  });

  test('more than one page of the service are all listed', async () => {
    const { parts } = stores();
    await times(1_050, 50, (index) => parts.put(partOf(0, index + 1)));
    const listed = await parts.list('e1', 0);
    expect(listed.map(({ partIndex }) => partIndex)).toEqual(
      Array.from({ length: 1_050 }, (_, index) => index + 1),
    );
  });
});

describe('idempotency', () => {
  const claimOf = (madeId: string, ms = 0) => ({
    madeId,
    requestHash: `hash of ${madeId}`,
    claimedAt: at(ms),
  });

  test('of 20 claims at the same moment one wins and all hear the same', async () => {
    const { idempotency } = stores();
    const held = await times(20, 20, (index) =>
      idempotency.claim('acme', 'k1', claimOf(`e${index}`), at(-1)),
    );
    expect(new Set(held.map(({ madeId }) => madeId)).size).toBe(1);
    expect(await idempotency.claim('acme', 'k1', claimOf('late'), at(-1))).toEqual(held[0]);
  });

  test('a claim holds until it is stale; then, of 20 new ones, one takes its place', async () => {
    const { idempotency } = stores();
    await idempotency.claim('acme', 'k1', claimOf('old', 0), at(-1));
    const stillHeld = await idempotency.claim('acme', 'k1', claimOf('new', 1), at(0));
    expect(stillHeld).toEqual(claimOf('old', 0));
    const held = await times(20, 20, (index) =>
      idempotency.claim('acme', 'k1', claimOf(`e${index}`, 10), at(1)),
    );
    expect(new Set(held.map(({ madeId }) => madeId)).size).toBe(1);
    expect(held[0]?.madeId).toMatch(/^e\d+$/);
  });

  test('the same key of another tenant is another key', async () => {
    const { idempotency } = stores();
    await idempotency.claim('acme', 'k1', claimOf('a'), at(-1));
    expect(await idempotency.claim('other', 'k1', claimOf('b'), at(-1))).toEqual(claimOf('b'));
  });
});
