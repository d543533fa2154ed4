import { afterAll, beforeAll, expect, test } from 'vitest';
import { operatorChain } from '../../../lib/core/audit/audit-event.ts';
import type { AuditStore } from '../../../lib/core/audit/audit-store.ts';
import { retireMonths } from '../../../lib/core/audit/retire-months.ts';
import type { LogFields } from '../../../lib/core/log.ts';
import { type Azurite, startAzurite } from '../../support/azurite.ts';
import {
  type ChainWorld,
  chainWorld,
  eventsOf,
  factsOf,
  newSigner,
  recordMany,
} from './chain-world.ts';

let azurite: Azurite;
beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(() => azurite.stop());

function depsOf({ store, seals, audit, signer, clock }: ChainWorld) {
  const lines: { readonly message: string; readonly fields: LogFields }[] = [];
  const log = {
    info: (message: string, fields: LogFields = {}) => void lines.push({ message, fields }),
    warn: (message: string, fields: LogFields = {}) => void lines.push({ message, fields }),
    error: (message: string, _: unknown, fields: LogFields = {}) =>
      void lines.push({ message, fields }),
  };
  return { deps: { auditRows: store, headSeals: seals, audit, signer, clock, log }, lines };
}

/** Two events a month from October 2025 to December 2025. */
async function threeMonths() {
  const world = await chainWorld(azurite, '2025-10-10T00:00:00.000Z');
  for (const [index, month] of ['10', '11', '12'].entries()) {
    world.time.now = new Date(`2025-${month}-10T00:00:00.000Z`);
    await recordMany(world, 2, 2 * index + 1);
  }
  return world;
}

test('K8 nothing goes before 12 months and 30 days are over', async () => {
  const world = await threeMonths();
  world.time.now = new Date('2026-11-30T23:59:59.999Z');
  await retireMonths(depsOf(world).deps);
  expect(await world.store.months('acme')).toEqual(['202510', '202511', '202512']);
  expect(await world.verify()).toMatchObject({ ok: true, fromSeq: 1, toSeq: 6 });
});

test('K8 S35 a month that goes leaves a signed checkpoint, and the chain holds from there', async () => {
  const world = await threeMonths();
  world.time.now = new Date('2026-12-01T00:00:00.000Z');
  await retireMonths(depsOf(world).deps);
  expect(await world.store.months('acme')).toEqual(['202511', '202512', '202612']);
  expect(await world.store.newestCheckpoint('acme')).toMatchObject({
    chain: 'acme',
    month: '202510',
    upToSeq: 2,
    count: 2,
  });
  const events = await eventsOf(world.store);
  expect(events.map(({ seq, action, outcome }) => [seq, action, outcome.result])).toEqual([
    [3, 'export.start', 'success'],
    [4, 'export.start', 'success'],
    [5, 'export.start', 'success'],
    [6, 'export.start', 'success'],
    [7, 'audit.retire', 'attempted'],
    [8, 'audit.retire', 'success'],
  ]);
  expect(await world.verify()).toMatchObject({ ok: true, fromSeq: 3, toSeq: 8 });
});

test('S35 a verification that was under way goes on from the checkpoint', async () => {
  const world = await threeMonths();
  const { nextCursor: cursor = '' } = await world.verify('acme', { eventsMax: 1 });
  world.time.now = new Date('2026-12-01T00:00:00.000Z');
  await retireMonths(depsOf(world).deps);
  expect(await world.verify('acme', { cursor })).toMatchObject({ ok: true, fromSeq: 3, toSeq: 8 });
});

test('K8 a chain that nobody wrote for years loses its old months and goes on', async () => {
  const world = await threeMonths();
  world.time.now = new Date('2029-01-01T00:00:00.000Z');
  await retireMonths(depsOf(world).deps);
  expect(await world.store.months('acme')).toEqual(['202901']);
  expect(await world.verify()).toMatchObject({ ok: true, fromSeq: 7, toSeq: 12 });
  await recordMany(world, 1);
  expect(await world.verify()).toMatchObject({ ok: true, toSeq: 13 });
});

test('S35 a checkpoint that was altered or signed by somebody else is found', async () => {
  const world = await threeMonths();
  world.time.now = new Date('2026-12-01T00:00:00.000Z');
  await retireMonths(depsOf(world).deps);
  const checkpoint = await world.store.newestCheckpoint('acme');
  if (checkpoint === undefined) throw new Error('no checkpoint');
  await world.store.putCheckpoint({ ...checkpoint, hash: 'f'.repeat(64) });
  const broken = { ok: false, firstBroken: { seq: 2, reason: 'checkpoint' } };
  expect(await world.verify()).toMatchObject(broken);
  const stranger = await newSigner();
  await world.store.putCheckpoint({
    ...checkpoint,
    signature: await stranger.sign(Buffer.from('{}')),
  });
  expect(await world.verify()).toMatchObject(broken);
});

test('S35 a broken chain is evidence: nothing of it is removed', async () => {
  const world = await threeMonths();
  await world.table.deleteEntity('acme_202511', '000000000003');
  world.time.now = new Date('2026-12-01T00:00:00.000Z');
  const { deps, lines } = depsOf(world);
  await retireMonths(deps);
  expect(await world.store.months('acme')).toEqual(['202510', '202511', '202512']);
  expect(lines.map(({ message }) => message)).toContain('audit chain could not be looked after');
});

test.each(['putCheckpoint', 'removeMonth'] as const)(
  'K8 a run that died at %s is finished by the next, and the chain holds in between',
  async (step) => {
    const world = await threeMonths();
    world.time.now = new Date('2027-06-01T00:00:00.000Z');
    const { deps } = depsOf(world);
    const auditRows: AuditStore = {
      ...world.store,
      [step]: async () => {
        // Half of the rows are gone already.
        if (step === 'removeMonth') await world.table.deleteEntity('acme_202510', '000000000001');
        throw new Error('the process is gone');
      },
    };
    await retireMonths({ ...deps, auditRows });
    expect(await world.verify()).toMatchObject({ ok: true });
    await retireMonths(deps);
    expect(await world.store.months('acme')).toEqual(['202706']);
    expect(await world.verify()).toMatchObject({ ok: true, fromSeq: 7 });
  },
);

test('S35 every head is written into the log, where the table cannot reach it', async () => {
  const world = await threeMonths();
  await world.audit.record(operatorChain, factsOf('x'));
  const { deps, lines } = depsOf(world);
  await retireMonths(deps);
  const heads = lines.filter(({ message }) => message === 'audit head').map(({ fields }) => fields);
  const { headHash } = await world.verify();
  expect(heads).toContainEqual({ chain: 'acme', month: '202512', seq: 6, hash: headHash });
  expect(heads.map(({ chain }) => chain)).toContain(operatorChain);
});
