import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createAuditLog } from '../../../lib/core/audit/audit-log.ts';
import type { AuditStore } from '../../../lib/core/audit/audit-store.ts';
import { sealedEvery } from '../../../lib/core/audit/head-seal.ts';
import { verifyWhole } from '../../../lib/core/audit/verify-chain.ts';
import { type Azurite, startAzurite } from '../../support/azurite.ts';
import { type ChainWorld, chainWorld, factsOf, recordMany } from './chain-world.ts';

// Three months of four events each.
let azurite: Azurite;
let world: ChainWorld;
beforeAll(async () => {
  azurite = await startAzurite();
});
beforeEach(async () => {
  world = await chainWorld(azurite, '2026-09-30T23:00:00.000Z');
  await recordMany(world, 4);
  world.time.now = new Date('2026-10-31T00:00:00.000Z');
  await recordMany(world, 4, 5);
  world.time.now = new Date('2026-11-01T00:00:00.000Z');
  await recordMany(world, 4, 9);
});
afterAll(() => azurite.stop());

async function pagesOf(eventsMax: number) {
  const pages = [await world.verify('acme', { eventsMax })];
  for (let cursor = pages[0]?.nextCursor; cursor !== undefined; cursor = pages.at(-1)?.nextCursor) {
    pages.push(await world.verify('acme', { cursor, eventsMax }));
    if (pages.length > 20) throw new Error('The pages do not end.');
  }
  return pages;
}

test.each([1, 3, 4, 5, 8, 11, 12, 13])(
  'S35 pages of %i events join without a gap',
  async (size) => {
    const pages = await pagesOf(size);
    expect(pages.every(({ ok }) => ok)).toBe(true);
    expect(pages.at(-1)?.toSeq).toBe(12);
    for (const [index, page] of pages.entries()) {
      expect(page.fromSeq).toBe((pages[index - 1]?.toSeq ?? 0) + 1);
      expect(page.toSeq - page.fromSeq + 1).toBeLessThanOrEqual(size);
    }
  },
);

test.each([2, 5, 9, 12])(
  'S35 an event that is gone is found on its page: number %i',
  async (seq) => {
    const month = seq <= 4 ? '202609' : seq <= 8 ? '202610' : '202611';
    await world.table.deleteEntity(`acme_${month}`, String(seq).padStart(12, '0'));
    const last = (await pagesOf(3)).at(-1);
    expect(last).toMatchObject({ ok: false, firstBroken: { seq } });
    expect(last?.nextCursor).toBeUndefined();
  },
);

test('S35 a page that goes on from what is no longer there is broken', async () => {
  const { nextCursor: cursor = '' } = await world.verify('acme', { eventsMax: 5 });
  const row = { partitionKey: 'acme_202610', rowKey: '6'.padStart(12, '0') };
  await world.table.deleteEntity(row.partitionKey, row.rowKey);
  expect(await world.verify('acme', { cursor })).toMatchObject({
    ok: false,
    firstBroken: { seq: 6, reason: 'missing' },
  });
});

describe('S35 a cursor that no verification gave calls no chain broken', () => {
  test('made up', async () => {
    const { nextCursor = '' } = await world.verify('acme', { eventsMax: 5 });
    const [header = '', payload = '', signature = ''] = nextCursor.split('.');
    const facts = Buffer.from(payload, 'base64url').toString();
    const further = Buffer.from(facts.replace('"seq":5', '"seq":999')).toString('base64url');
    for (const cursor of [
      [header, further, signature].join('.'),
      [header, payload, `${signature.slice(0, -3)}AAA`].join('.'),
      `202610-5-${'f'.repeat(64)}`,
    ]) {
      const verdict = world.verify('acme', { cursor });
      await expect(verdict).rejects.toMatchObject({ code: 'invalid_query' });
    }
  });

  test("another chain's", async () => {
    await recordMany(world, 4, 13);
    for (let n = 0; n < 8; n++) await world.audit.record('umbrella', factsOf(`${n}`));
    const { nextCursor = '' } = await world.verify('umbrella', { eventsMax: 5 });
    const verdict = world.verify('acme', { cursor: nextCursor });
    await expect(verdict).rejects.toMatchObject({ code: 'invalid_query' });
  });

  test('and one of ours is no seal', async () => {
    const { nextCursor = '' } = await world.verify('acme', { eventsMax: 5 });
    await world.seals.add('acme', { seq: 5, jws: nextCursor });
    expect(await world.verify()).toMatchObject({ ok: false, firstBroken: { reason: 'seal' } });
  });
});

test('S35 since the newest seal only what came after it is read', async () => {
  await world.seal();
  await recordMany(world, 2, 13);
  expect(await world.verify('acme', { sinceSeal: true })).toMatchObject({
    ok: true,
    fromSeq: 13,
    toSeq: 14,
    sealed: { seq: 12, at: '2026-11-01T00:00:00.000Z' },
    unsealed: 2,
  });
});

test('S35 the first event and every so many are sealed by whoever writes them', async () => {
  const sealedAt: number[] = [];
  const audit = createAuditLog({
    store: world.store,
    clock: world.clock,
    random: Math.random,
    sealDue: (chain) => {
      sealedAt.push(1);
      void world.seal(chain);
    },
  });
  await audit.record('new', factsOf('first'));
  expect(sealedAt.length).toBe(1);
  const many = Array.from({ length: sealedEvery - 2 }, (_, n) =>
    audit.record('new', factsOf(`${n}`)),
  );
  await Promise.all(many);
  expect(sealedAt.length).toBe(1);
  await audit.record('new', factsOf('last'));
  expect(sealedAt.length).toBe(2);
  await expect
    .poll(async () => (await world.seals.newest('new'))?.seq, { timeout: 60_000 })
    .toBe(sealedEvery);
  const { store, seals, signer } = world;
  expect(await verifyWhole({ store, seals, signer }, 'new')).toMatchObject({
    ok: true,
    unsealed: 0,
  });
});

test('K8 a writer that knows where its chain stands asks the storage once per write', async () => {
  const calls: string[] = [];
  const counting = Object.fromEntries(
    Object.entries(world.store).map(([name, call]) => [
      name,
      (...args: never[]) => {
        calls.push(name);
        return (call as (...given: never[]) => unknown)(...args);
      },
    ]),
  ) as unknown as AuditStore;
  const audit = world.open(counting);
  await audit.record('acme', factsOf('a'));
  calls.length = 0;
  await audit.record('acme', factsOf('b'));
  await audit.record('acme', factsOf('c'));
  expect(calls).toEqual(['append', 'append']);
  expect(await world.verify()).toMatchObject({ ok: true, toSeq: 15 });
});

test('K8 a month of thousands of rows goes in transactions of a hundred', async () => {
  await Promise.all(
    Array.from({ length: 1_250 }, (_, n) => world.audit.record('acme', factsOf(`${n}`))),
  );
  await world.store.removeMonth('acme', '202611');
  expect(await world.store.months('acme')).toEqual(['202609', '202610']);
  const left = [];
  for await (const row of world.store.list({ chain: 'acme', month: '202611' })) left.push(row);
  expect(left).toEqual([]);
});
