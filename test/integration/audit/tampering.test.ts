import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { hashEvent } from '../../../lib/core/audit/event-hash.ts';
import { writeSeal } from '../../../lib/core/audit/head-seal.ts';
import { type Azurite, startAzurite } from '../../support/azurite.ts';
import { type ChainWorld, chainWorld, factsOf, newSigner, recordMany } from './chain-world.ts';

// Whoever may write the table directly alters it here; verifying must say where.
let azurite: Azurite;
let world: ChainWorld;
beforeAll(async () => {
  azurite = await startAzurite();
});
beforeEach(async () => {
  world = await chainWorld(azurite, '2026-10-31T23:00:00.000Z');
  await recordMany(world, 6);
  world.time.now = new Date('2026-11-01T00:00:00.000Z');
  await recordMany(world, 6, 7);
  expect(await world.verify()).toMatchObject({ ok: true, fromSeq: 1, toSeq: 12 });
});
afterAll(() => azurite.stop());

const rowOf = (seq: number) => String(seq).padStart(12, '0');
const partitionOf = (seq: number) => (seq <= 6 ? 'acme_202610' : 'acme_202611');

async function readRow(seq: number) {
  const entity = await world.table.getEntity<Record<string, unknown>>(partitionOf(seq), rowOf(seq));
  const { etag, timestamp, ...fields } = entity;
  return fields as Record<string, unknown> & { partitionKey: string; rowKey: string };
}

async function putRow(entity: Awaited<ReturnType<typeof readRow>>) {
  await world.table.upsertEntity(entity, 'Replace');
}

async function alterEvent(seq: number, change: (event: Record<string, unknown>) => object) {
  const row = await readRow(seq);
  const event = JSON.parse(String(row['event_0'])) as Record<string, unknown>;
  await putRow({ ...row, event_0: JSON.stringify(change(event)) });
}

async function expectBroken(seq: number, reason: string) {
  expect(await world.verify()).toMatchObject({
    ok: false,
    toSeq: seq - 1,
    firstBroken: { seq, reason },
  });
}

test.each([1, 4, 6, 7, 12])('S35 an altered event is found: number %i', async (seq) => {
  await alterEvent(seq, (event) => ({ ...event, target: { type: 'export', id: 'other' } }));
  await expectBroken(seq, 'hash');
});

test('S35 an altered event with its hash made anew is found where the next one hangs on it', async () => {
  await alterEvent(9, ({ hash, ...event }) => {
    const altered = { ...event, request: { id: 'x', route: 'y' } };
    return { ...altered, hash: hashEvent(altered as unknown as Parameters<typeof hashEvent>[0]) };
  });
  await expectBroken(10, 'link');
});

test('S35 a column that tells another story than its event is found', async () => {
  await putRow({ ...(await readRow(5)), action: 'export.delete' });
  await expectBroken(5, 'row_altered');
});

test('S35 what is no event any more is found', async () => {
  await putRow({ ...(await readRow(5)), event_0: '{"seq": 5, "time": "never"' });
  await expectBroken(5, 'row_altered');
});

test.each([1, 4, 6, 7, 9])('S35 a deleted event is found: number %i', async (seq) => {
  await world.table.deleteEntity(partitionOf(seq), rowOf(seq));
  await expectBroken(seq, seq === 6 ? 'truncated' : 'missing');
});

test('S35 two events that changed places are found', async () => {
  const [one, other] = [await readRow(3), await readRow(4)];
  await putRow({ ...other, rowKey: one.rowKey });
  await putRow({ ...one, rowKey: other.rowKey });
  await expectBroken(3, 'place');
});

test('S35 an inserted row is found, between two events and behind the last', async () => {
  const row = await readRow(4);
  await putRow({ ...row, rowKey: `${rowOf(4)}x` });
  await expectBroken(5, 'place');
  await world.table.deleteEntity(row.partitionKey, `${rowOf(4)}x`);
  const last = await readRow(12);
  await putRow({ ...last, rowKey: rowOf(13) });
  await expectBroken(13, 'place');
});

test('S35 a well-made event behind the head is found', async () => {
  const row = await readRow(12);
  const { hash, ...before } = JSON.parse(String(row['event_0']));
  const forged = { ...before, seq: 13, prevHash: hash };
  const event = JSON.stringify({ ...forged, hash: hashEvent(forged) });
  await putRow({ ...row, rowKey: rowOf(13), event_0: event });
  expect(await world.verify()).toMatchObject({
    ok: false,
    firstBroken: { seq: 13, reason: 'beyond_head' },
  });
});

test('S35 a tail that was cut off is found against the head', async () => {
  for (const seq of [11, 12]) await world.table.deleteEntity(partitionOf(seq), rowOf(seq));
  await expectBroken(11, 'truncated');
});

test('S35 a month that was emptied or removed is found', async () => {
  for (let seq = 1; seq <= 6; seq++) await world.table.deleteEntity('acme_202610', rowOf(seq));
  await expectBroken(1, 'truncated');
  await world.table.deleteEntity('acme_202610', 'head');
  await expectBroken(1, 'month');
});

test('S35 a newest month that was removed whole is found', async () => {
  for (let seq = 7; seq <= 12; seq++) await world.table.deleteEntity('acme_202611', rowOf(seq));
  await world.table.deleteEntity('acme_202611', 'head');
  await expectBroken(7, 'month');
});

test('S35 a head that was removed or altered is found', async () => {
  const head = await world.table.getEntity<Record<string, unknown>>('acme_202611', 'head');
  const { etag, timestamp, ...fields } = head;
  const put = (change: object) =>
    world.table.upsertEntity(
      { ...fields, partitionKey: 'acme_202611', rowKey: 'head', ...change },
      'Replace',
    );
  await put({ hash: 'f'.repeat(64) });
  expect(await world.verify()).toMatchObject({ ok: false, firstBroken: { reason: 'beyond_head' } });
  await put({ openingHash: 'f'.repeat(64) });
  await expectBroken(7, 'month');
  await world.table.deleteEntity('acme_202611', 'head');
  await expectBroken(7, 'month');
});

test('S35 a head that cannot be read any more is found', async () => {
  const head = await world.table.getEntity<Record<string, unknown>>('acme_202611', 'head');
  const { etag, timestamp, ...fields } = head;
  const spoilt = { ...fields, partitionKey: 'acme_202611', rowKey: 'head', seq: 'twelve' };
  await world.table.upsertEntity(spoilt, 'Replace');
  await expectBroken(7, 'month');
});

test('S35 an event of another chain is found', async () => {
  await alterEvent(4, (event) => ({ ...event, tenantId: 'umbrella' }));
  await expectBroken(4, 'place');
});

// From here on: somebody who knows how the log is made, and makes hashes, numbers and heads anew. Only what
// lies outside the table can tell.

async function rewriteMonth(month: string, seqs: readonly number[], skip: number) {
  const partition = `acme_${month}`;
  const head = await world.table.getEntity<Record<string, unknown>>(partition, 'head');
  let prevHash = String(head['openingHash']);
  let next = Number((await world.store.findHead('acme', month))?.value.firstSeq);
  for (const seq of seqs) {
    const row = await readRow(seq);
    await world.table.deleteEntity(partition, rowOf(seq));
    if (seq === skip) continue;
    const { hash, ...event } = JSON.parse(String(row['event_0']));
    const renumbered = { ...event, seq: next, prevHash };
    prevHash = hashEvent(renumbered);
    const altered = { ...renumbered, hash: prevHash };
    await putRow({ ...row, rowKey: rowOf(next), event_0: JSON.stringify(altered) });
    next += 1;
  }
  await world.table.upsertEntity(
    {
      ...head,
      partitionKey: partition,
      rowKey: 'head',
      seq: { type: 'Int64', value: String(next - 1) },
      hash: prevHash,
    },
    'Replace',
  );
}

const second = [7, 8, 9, 10, 11, 12];

async function emptyAll() {
  const rows = world.table.listEntities({ queryOptions: { filter: "PartitionKey gt 'acme_'" } });
  for await (const { partitionKey = '', rowKey = '' } of rows) {
    await world.table.deleteEntity(partitionKey, rowKey);
  }
  await world.table.deleteEntity('_months', 'acme_202610');
  await world.table.deleteEntity('_months', 'acme_202611');
}

test('S35 a log that was rewritten with new numbers and hashes is found by the seal', async () => {
  await world.seal();
  await rewriteMonth('202611', second, 9);
  expect(await world.verify()).toMatchObject({
    ok: false,
    toSeq: 11,
    firstBroken: { seq: 12, reason: 'seal' },
    sealed: { seq: 12 },
  });
});

test('S35 what was written after the newest seal is held by the chain alone, and the answer says so', async () => {
  await world.seal();
  await recordMany(world, 2, 13);
  await rewriteMonth('202611', [...second, 13, 14], 14);
  expect(await world.verify()).toMatchObject({ ok: true, toSeq: 13, unsealed: 1 });
});

test('S35 an emptied log is found, with a seal and without', async () => {
  await world.seal();
  await emptyAll();
  expect(await world.verify()).toMatchObject({
    ok: false,
    firstBroken: { seq: 1, reason: 'missing' },
  });
  await world.audit.record('acme', factsOf('begun anew'));
  expect(await world.verify()).toMatchObject({
    ok: false,
    firstBroken: { seq: 12, reason: 'seal' },
  });
});

test('S35 a log that was rewritten is not sealed again', async () => {
  await world.seal();
  await recordMany(world, 3, 13);
  await rewriteMonth('202611', [...second, 13, 14, 15], 8);
  await expect(world.seal()).rejects.toMatchObject({ code: 'internal_error' });
  expect(await world.verify()).toMatchObject({ ok: false, sealed: { seq: 12 } });
});

test('S35 a seal that somebody else put there is found, and a good one cannot be replaced', async () => {
  await world.seal();
  const good = await world.seals.newest('acme');
  await world.seals.add('acme', { seq: 12, jws: 'another' });
  expect(await world.seals.newest('acme')).toEqual(good);
  const stranger = await newSigner();
  const { headHash } = await world.verify();
  const facts = { chain: 'acme', month: '202611', seq: 99, hash: headHash, sealedAt: '' };
  await world.seals.add('acme', await writeSeal(stranger, facts));
  expect(await world.verify()).toMatchObject({
    ok: false,
    firstBroken: { seq: 99, reason: 'seal' },
  });
});

test('S35 a seal of another chain stands for nothing', async () => {
  await world.audit.record('umbrella', factsOf('x'));
  await world.seal('umbrella');
  const foreign = await world.seals.newest('umbrella');
  if (foreign === undefined) throw new Error('no seal');
  await world.seals.add('acme', foreign);
  expect(await world.verify()).toMatchObject({
    ok: false,
    firstBroken: { seq: 1, reason: 'seal' },
  });
});
