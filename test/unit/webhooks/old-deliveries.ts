import { newestFirstId } from '../../../lib/core/ids.ts';
import type { Tenant } from '../../../lib/core/tenants/tenant.ts';
import type { Delivery } from '../../../lib/core/webhooks/delivery.ts';
import { memoryDeliveryStore } from '../../support/memory-webhook-stores.ts';
import { notingLog } from '../../support/noting-log.ts';
import { notingMetrics } from '../../support/noting-metrics.ts';

export const now = new Date('2026-11-20T10:00:00Z');
export const hourMs = 3_600_000;
export const before = (ms: number) => new Date(now.getTime() - ms);

export function deliveryAt(createdAt: Date, change: Partial<Delivery> = {}): Delivery {
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

/** What the timers work with, for these tenants. */
export function timerScene(tenantIds: readonly string[] = ['acme']) {
  const deliveries = memoryDeliveryStore();
  const log = notingLog();
  const metrics = notingMetrics();
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
  const deps = { tenants, deliveries, clock: () => now, log, metrics };
  return { deps, deliveries, log, told: metrics.told, starter, started };
}
