import type { Clock } from '../clock.ts';
import type { DeliveryStarter } from '../exports/starter.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { TenantStore } from '../tenants/tenant.ts';
import type { Delivery, DeliveryStore } from './delivery.ts';
import { tenantIds } from './tenant-ids.ts';

export interface WatchDeliveriesDeps {
  readonly tenants: Pick<TenantStore, 'list'>;
  readonly deliveries: DeliveryStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** Deliveries that are still to be made. */
export interface WatchedDeliveries {
  readonly pending: number;
  /** Those whose turn came more than five minutes ago. */
  readonly overdue: number;
  readonly oldestOverdueSeconds: number;
  readonly restarted: number;
}

/** A delivery is attempted within seconds of its turn; after minutes nobody looks after it any more. */
const overdueMs = 300_000;

/**
 * Counts what is still to be delivered, and starts again what nobody looks after; starting what runs
 * does no harm. A tenant whose deliveries cannot be read or started holds up no other.
 */
export async function watchDeliveries(
  deps: WatchDeliveriesDeps,
  starter: DeliveryStarter,
): Promise<WatchedDeliveries> {
  const watched = { pending: 0, overdue: 0, oldestOverdueSeconds: 0, restarted: 0 };
  for await (const tenantId of tenantIds(deps.tenants)) {
    try {
      for (const { id } of await countOverdue(deps, tenantId, watched)) {
        await starter.startDelivery({ tenantId, deliveryId: id });
        watched.restarted++;
      }
    } catch (error) {
      deps.log.error('deliveries could not be looked after', error, { tenantId });
    }
  }
  deps.log.info('deliveries measured', watched);
  deps.metrics.deliveriesMeasured(watched);
  return watched;
}

/** Everything is counted before anything is started, so that a start that fails spoils no number. */
async function countOverdue(
  { deliveries, clock }: WatchDeliveriesDeps,
  tenantId: string,
  watched: { pending: number; overdue: number; oldestOverdueSeconds: number },
): Promise<readonly Pick<Delivery, 'id'>[]> {
  const nowMs = clock().getTime();
  const overdue: Pick<Delivery, 'id'>[] = [];
  for await (const delivery of deliveries.scan(tenantId, { status: 'pending' })) {
    watched.pending++;
    const lateMs = nowMs - dueAt(delivery).getTime();
    if (lateMs <= overdueMs) continue;
    overdue.push({ id: delivery.id });
    watched.overdue++;
    const lateSeconds = Math.floor(lateMs / 1000);
    watched.oldestOverdueSeconds = Math.max(watched.oldestOverdueSeconds, lateSeconds);
  }
  return overdue;
}

function dueAt({ nextAttemptAt, createdAt }: Delivery): Date {
  return nextAttemptAt ?? createdAt;
}
