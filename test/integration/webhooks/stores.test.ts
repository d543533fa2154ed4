import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reverseTicks } from '../../../lib/core/ids.ts';
import { limits } from '../../../lib/core/limits.ts';
import { takeCall } from '../../../lib/core/webhooks/call-budget.ts';
import type { Delivery, DeliveryFilter } from '../../../lib/core/webhooks/delivery.ts';
import { type Azurite, startAzurite } from '../../support/azurite.ts';
import { sampleEndpoint } from '../../support/webhook-samples.ts';
import { collect, freshStores } from '../tables/fresh-stores.ts';

let azurite: Azurite;
beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(() => azurite[Symbol.asyncDispose]());

const stores = () => freshStores(azurite.connectionString);
const startMs = Date.parse('2026-11-20T10:00:00Z');
const at = (minutes: number) => new Date(startMs + minutes * 60_000);

function delivery(minutes: number, change: Partial<Delivery> = {}): Delivery {
  return {
    tenantId: 'acme',
    id: `${reverseTicks(at(minutes))}${'f'.repeat(40)}`,
    endpointId: 'a',
    type: 'export.completed',
    webhookId: `msg_${minutes}`,
    body: '{}',
    status: 'delivered',
    createdAt: at(minutes),
    attempts: [],
    ...change,
  };
}

describe('X5 the log of deliveries in Table Storage', () => {
  test('keeps every field, and fields that are absent stay absent', async () => {
    const { deliveries } = stores();
    const full = delivery(1, {
      exportId: 'e1',
      nextAttemptAt: at(2),
      redeliveryOf: 'x',
      redeliveries: 3,
      attempts: [{ at: at(1), durationMs: 7, error: 'token_failure' }],
    });
    for (const row of [full, delivery(2)]) {
      expect(await deliveries.insert(row)).toBe(true);
      expect((await deliveries.find('acme', row.id))?.value).toEqual(row);
    }
  });

  test('is listed by endpoint, newest first, in pages that lead on', async () => {
    const { deliveries } = stores();
    const rows = [5, 4, 3, 2, 1].map((minutes) => delivery(minutes));
    for (const row of rows) await deliveries.insert(row);
    await deliveries.insert(delivery(6, { endpointId: 'b' }));
    await deliveries.insert(delivery(7, { tenantId: 'other' }));
    const first = await deliveries.list('acme', { endpointId: 'a' }, { limit: 3 });
    expect(first.items).toEqual(rows.slice(0, 3));
    const { nextCursor: cursor = '' } = first;
    const second = await deliveries.list('acme', { endpointId: 'a' }, { limit: 3, cursor });
    expect(second).toEqual({ items: rows.slice(3) });
    await expect(
      deliveries.list('other', { endpointId: 'a' }, { limit: 3, cursor }),
    ).rejects.toMatchObject({ code: 'invalid_query' });
  });

  test('is found by time and status, both ends included', async () => {
    const { deliveries } = stores();
    for (const minutes of [1, 2, 3]) await deliveries.insert(delivery(minutes));
    await deliveries.insert(delivery(4, { status: 'dropped' }));
    const found = async (filter: DeliveryFilter) =>
      (await collect(deliveries.scan('acme', filter))).map(({ webhookId }) => webhookId);
    expect(await found({})).toEqual(['msg_4', 'msg_3', 'msg_2', 'msg_1']);
    expect(await found({ from: at(2), to: at(3) })).toEqual(['msg_3', 'msg_2']);
    expect(await found({ from: at(2), to: at(2) })).toEqual(['msg_2']);
    expect(await found({ status: 'dropped' })).toEqual(['msg_4']);
    const justAfter = new Date(at(3).getTime() + 1);
    expect(await found({ from: justAfter, status: 'delivered' })).toEqual([]);
  });

  test('loses what is older than a moment, to the millisecond, and nothing else', async () => {
    const { deliveries } = stores();
    for (const minutes of [1, 2, 3]) await deliveries.insert(delivery(minutes));
    await deliveries.insert(delivery(1, { tenantId: 'other' }));
    expect(await deliveries.removeBefore('acme', new Date(at(2).getTime()))).toBe(1);
    expect(await deliveries.removeBefore('acme', new Date(at(2).getTime() + 1))).toBe(1);
    expect(await deliveries.removeBefore('acme', at(2))).toBe(0);
    expect(await collect(deliveries.scan('acme', {}))).toEqual([delivery(3)]);
    expect(await collect(deliveries.scan('other', {}))).toHaveLength(1);
  });
});

describe('X5 endpoints in Table Storage', () => {
  test('keep every field', async () => {
    const { endpoints } = stores();
    const full = sampleEndpoint({
      auth: {
        kind: 'oauth2',
        tokenUrl: 'https://login.example.com/',
        clientId: 'c',
        scope: 'a b',
        sendSecretIn: 'body',
      },
      sealedAuthSecret: 'AQ',
      sealedPreviousSecret: 'Ag',
      previousSecretUntil: at(1),
      unverifiedAttemptAt: at(2),
      disabledAt: at(3),
      disabledReason: 'failing',
      failingSince: at(4),
      lastFailureAt: at(5),
      failingMs: 432_000_000,
    });
    await endpoints.insert(full);
    expect((await endpoints.find('acme', full.id))?.value).toEqual(full);
  });
});

test('S32 two processes at once never take more calls than a tenant has', async () => {
  const { callBudgets } = stores();
  const now = at(0);
  const made: PromiseSettledResult<void>[] = [];
  for (let round = 0; round < 40; round++) {
    const calls = [1, 2].map(() => takeCall(callBudgets, 'acme', now));
    made.push(...(await Promise.allSettled(calls)));
  }
  const taken = made.filter(({ status }) => status === 'fulfilled').length;
  expect(taken).toBe(limits.webhookCallsPerHour);
  expect((await callBudgets.find('acme'))?.value).toHaveLength(taken);
  expect(await callBudgets.find('other')).toBeUndefined();
});

describe('X5 an endpoint in Table Storage', () => {
  test('keeps every field, and fields that are absent stay absent', async () => {
    const { endpoints } = stores();
    const { verifiedAt, ...unproven } = sampleEndpoint({ id: 'unproven' });
    const asked = {
      ...unproven,
      id: 'asked',
      lastChallenge: { at: at(3), status: 204, error: 'challenge_not_echoed' },
      unverifiedAttemptAt: at(4),
    } as const;
    const full = sampleEndpoint({
      id: 'full',
      verifiedBy: 'code',
      eventsSince: { 'export.deleted': at(1), 'export.failed': at(2) },
      sealedPreviousSecret: 'AQID',
      previousSecretUntil: at(5),
      signFirst: 'previous',
      failingSince: at(6),
      lastFailureAt: at(7),
      failingMs: 8,
      disabledAt: at(9),
      disabledReason: 'failing',
    });
    for (const endpoint of [unproven, asked, full]) {
      await endpoints.insert(endpoint);
      expect((await endpoints.find('acme', endpoint.id))?.value).toEqual(endpoint);
    }
  });
});
