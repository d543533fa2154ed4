import type { Clock } from '../clock.ts';
import { limits } from '../limits.ts';
import type { Log } from '../log.ts';
import type { TenantStore } from '../tenants/tenant.ts';
import type { DeliveryStore } from './delivery.ts';
import { tenantIds } from './tenant-ids.ts';

export interface SweepLogDeps {
  readonly tenants: Pick<TenantStore, 'list'>;
  readonly deliveries: DeliveryStore;
  readonly clock: Clock;
  readonly log: Log;
}

export interface SweptLog {
  readonly removed: number;
  /** Tenants whose log could not be swept; the next sweep tries again. */
  readonly failed: number;
}

const dayMs = 86_400_000;

/** Removes deliveries of events older than `limits.webhookLogDays`. */
export async function sweepDeliveryLog(deps: SweepLogDeps): Promise<SweptLog> {
  const cutoff = new Date(deps.clock().getTime() - limits.webhookLogDays * dayMs);
  let removed = 0;
  let failed = 0;
  for await (const tenantId of tenantIds(deps.tenants)) {
    try {
      removed += await deps.deliveries.removeBefore(tenantId, cutoff);
    } catch (error) {
      failed++;
      deps.log.error('webhook log could not be swept', error, { tenantId });
    }
  }
  return { removed, failed };
}
