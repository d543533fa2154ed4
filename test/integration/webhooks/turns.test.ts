import { afterAll, beforeAll, expect, test } from 'vitest';
import { reverseTicks } from '../../../lib/core/ids.ts';
import type { Delivery } from '../../../lib/core/webhooks/delivery.ts';
import { watchTurns } from '../../../lib/core/webhooks/watch-turns.ts';
import { type Azurite, startAzurite } from '../../support/azurite.ts';
import { notingLog } from '../../support/noting-log.ts';
import { notingStarter } from '../../support/workshop.ts';
import { collect, freshStores } from '../tables/fresh-stores.ts';

let azurite: Azurite;
beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(() => azurite.stop());

const secondMs = 1000;
const startMs = Date.parse('2026-11-20T10:00:00Z');
const at = (seconds: number) => new Date(startMs + seconds * secondMs);

/** Fresh stores, a clock in seconds, and what the watch starts. */
function scene() {
  const stores = freshStores(azurite.connectionString);
  const log = notingLog();
  const elsewhere = new Set<string>();
  const residency = { isHere: async (tenantId: string) => !elsewhere.has(tenantId) };
  const startedAt = async (seconds: number) => {
    const { starter, deliveries } = notingStarter();
    const deps = { ...stores, residency, log, clock: () => at(seconds) };
    await watchTurns(deps, starter);
    return deliveries.toSorted();
  };
  const turns = () => collect(stores.deliveryTurns.listBefore(at(1e6)));
  return { ...stores, startedAt, turns, elsewhere };
}

function delivery(name: string, seconds: number, change: Partial<Delivery> = {}): Delivery {
  return {
    tenantId: 'acme',
    id: `${reverseTicks(at(seconds))}${name}`,
    endpointId: 'a',
    type: 'export.completed',
    webhookId: `msg_${name}`,
    body: '{}',
    status: 'pending',
    createdAt: at(seconds),
    attempts: [],
    ...change,
  };
}

test('X5 a delivery that missed its turn by a minute is started again, in every tenant', async () => {
  const { deliveries, startedAt } = scene();
  const [lost, other] = [delivery('lost', 0), delivery('other', 10, { tenantId: 'umbrella' })];
  for (const row of [lost, other, delivery('fresh', 30)]) await deliveries.insert(row);
  expect(await startedAt(60)).toEqual([]);
  expect(await startedAt(71)).toEqual([lost.id, other.id].toSorted());
  expect(await startedAt(80)).toEqual([lost.id, other.id].toSorted());
});

test('one that waits is left alone until its own turn, and leaves no turns behind', async () => {
  const { deliveries, startedAt, turns } = scene();
  const row = delivery('waits', 0);
  await deliveries.insert(row);
  const stored = await deliveries.find('acme', row.id);
  await deliveries.update({ ...row, nextAttemptAt: at(7200) }, stored?.etag ?? '');
  expect(await startedAt(3600)).toEqual([]);
  expect((await turns()).map((turn) => turn.at)).toEqual([at(7200)]);
  expect(await startedAt(7261)).toEqual([row.id]);
});

test('what was delivered with its first attempt has no turn any more, and is never looked at', async () => {
  const { deliveries, turns } = scene();
  const row = delivery('done', 0);
  await deliveries.insert(row);
  const stored = await deliveries.find('acme', row.id);
  const attempts = [{ at: at(1), durationMs: 5, status: 204 }];
  await deliveries.update({ ...row, status: 'delivered', attempts }, stored?.etag ?? '');
  expect(await turns()).toEqual([]);
});

test('what ended later, or was announced again after its end, is dropped with the next look', async () => {
  const { deliveries, startedAt, turns } = scene();
  const row = delivery('late', 0, { nextAttemptAt: at(300) });
  await deliveries.insert(row);
  const stored = await deliveries.find('acme', row.id);
  const { nextAttemptAt, ...ended } = row;
  const attempts = [at(1), at(300)].map((time) => ({ at: time, durationMs: 5 }));
  await deliveries.update({ ...ended, status: 'failed', attempts }, stored?.etag ?? '');
  expect(await deliveries.insert(delivery('late', 0))).toBe(false);
  expect(await startedAt(400)).toEqual([]);
  expect(await turns()).toEqual([]);
});

test('K4 a tenant of another region is left alone, and its turns stay', async () => {
  const { deliveries, startedAt, turns, elsewhere } = scene();
  await deliveries.insert(delivery('abroad', 0));
  elsewhere.add('acme');
  expect(await startedAt(3600)).toEqual([]);
  expect(await turns()).toHaveLength(1);
});
