import { describe, expect, test } from 'vitest';
import { newestFirstId } from '../../../lib/core/ids.ts';
import type { Tenant } from '../../../lib/core/tenants/tenant.ts';
import type { Delivery } from '../../../lib/core/webhooks/delivery.ts';
import { sweepDeliveryLog } from '../../../lib/core/webhooks/sweep-log.ts';
import { memoryDeliveryStore } from '../../support/memory-webhook-stores.ts';
import { recordingLog } from '../../support/webhook-samples.ts';

const now = new Date('2026-11-20T10:00:00Z');
const hourMs = 3_600_000;
const before = (ms: number) => new Date(now.getTime() - ms);

function deliveryAt(createdAt: Date, change: Partial<Delivery> = {}): Delivery {
  return {
    tenantId: 'acme',
    id: newestFirstId(createdAt),
    endpointId: 'endpoint1',
    type: 'export.completed',
    webhookId: 'msg_1',
    body: '{}',
    status: 'delivered',
    createdAt,
    attempts: [],
    ...change,
  };
}

function scene(tenantIds: readonly string[] = ['acme']) {
  const deliveries = memoryDeliveryStore();
  const log = recordingLog();
  const started: string[] = [];
  const tenants = {
    /** One tenant on each page. */
    list: async ({ cursor = '0' }: { readonly cursor?: string }) => {
      const items = tenantIds.slice(Number(cursor), Number(cursor) + 1).map((id) => ({
        id,
        name: id,
        region: 'local',
        sourceId: id,
        createdAt: now,
        wrappedDataKey: '',
      })) satisfies Tenant[];
      const next = Number(cursor) + 1;
      return next < tenantIds.length ? { items, nextCursor: String(next) } : { items };
    },
  };
  const starter = {
    startDelivery: async ({ deliveryId }: { readonly deliveryId: string }) => {
      started.push(deliveryId);
    },
  };
  const deps = { tenants, deliveries, clock: () => now, log };
  return { deps, deliveries, started, log, sweep: () => sweepDeliveryLog(deps, starter) };
}

describe('X5 the log of deliveries', () => {
  test('is kept for 30 days to the millisecond, for every tenant', async () => {
    const { sweep, deliveries } = scene(['acme', 'other']);
    const dayMs = 24 * hourMs;
    const kept = deliveryAt(before(30 * dayMs));
    await deliveries.insert(kept);
    await deliveries.insert(deliveryAt(before(30 * dayMs + 1)));
    await deliveries.insert(deliveryAt(before(90 * dayMs), { status: 'pending' }));
    await deliveries.insert(deliveryAt(before(31 * dayMs), { tenantId: 'other' }));
    expect(await sweep()).toEqual({ removed: 3, restarted: 0, failed: 0 });
    expect([deliveries.all('acme'), deliveries.all('other')]).toEqual([[kept], []]);
  });

  test('has nothing open for ever: what is an hour overdue is started again', async () => {
    const { sweep, deliveries, started } = scene();
    const pending = { status: 'pending' } as const;
    const forgotten = deliveryAt(before(hourMs + 1), pending);
    const overdue = deliveryAt(before(90 * hourMs), {
      ...pending,
      nextAttemptAt: before(2 * hourMs),
    });
    const waiting = deliveryAt(before(90 * hourMs), { ...pending, nextAttemptAt: before(-hourMs) });
    for (const row of [forgotten, overdue, waiting, deliveryAt(before(1), pending)]) {
      await deliveries.insert(row);
    }
    expect(await sweep()).toEqual({ removed: 0, restarted: 2, failed: 0 });
    expect(started).toEqual([forgotten.id, overdue.id]);
  });

  test('of one tenant that cannot be swept holds up no other', async () => {
    const { deps, deliveries, log, started } = scene(['acme', 'other']);
    await deliveries.insert(deliveryAt(before(31 * 24 * hourMs), { tenantId: 'other' }));
    const broken = {
      ...deliveries,
      removeBefore: async (tenantId: string, cutoff: Date) => {
        if (tenantId === 'acme') throw new Error('storage');
        return deliveries.removeBefore(tenantId, cutoff);
      },
    };
    const swept = await sweepDeliveryLog(
      { ...deps, deliveries: broken },
      { startDelivery: async () => undefined },
    );
    expect(swept).toEqual({ removed: 1, restarted: 0, failed: 1 });
    expect(log.lines).toHaveLength(1);
    expect(started).toEqual([]);
  });
});
