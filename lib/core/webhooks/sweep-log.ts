import type { Clock } from '../clock.ts';
import { limits } from '../limits.ts';
import type { Log } from '../log.ts';
import type { TenantStore } from '../tenants/tenant.ts';
import type { DeliveryStarter } from './deliver.ts';
import type { Delivery, DeliveryStore } from './delivery.ts';

export interface SweepLogDeps {
  readonly tenants: Pick<TenantStore, 'list'>;
  readonly deliveries: DeliveryStore;
  readonly clock: Clock;
  readonly log: Log;
}

export interface SweptLog {
  readonly removed: number;
  readonly restarted: number;
  /** Tenants whose log could not be swept; the next sweep tries again. */
  readonly failed: number;
}

const hourMs = 3_600_000;
const tenantsAtOnce = 200;

/**
 * Removes deliveries of events older than `limits.webhookLogDays`, and starts again those that are
 * an hour overdue because nobody looks after them any more. Starting what runs does no harm.
 */
export async function sweepDeliveryLog(
  deps: SweepLogDeps,
  starter: DeliveryStarter,
): Promise<SweptLog> {
  const swept = { removed: 0, restarted: 0, failed: 0 };
  let cursor: string | undefined;
  // Each round goes on where the one before ended, so this ends with the tenants.
  do {
    const request = { limit: tenantsAtOnce, ...(cursor === undefined ? {} : { cursor }) };
    const page = await deps.tenants.list(request);
    for (const { id } of page.items) await sweepTenant(deps, id, starter, swept);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return swept;
}

async function sweepTenant(
  deps: SweepLogDeps,
  tenantId: string,
  starter: DeliveryStarter,
  swept: { removed: number; restarted: number; failed: number },
): Promise<void> {
  try {
    const cutoff = new Date(deps.clock().getTime() - limits.webhookLogDays * 24 * hourMs);
    swept.removed += await deps.deliveries.removeBefore(tenantId, cutoff);
    swept.restarted += await restartForgotten(deps, tenantId, starter);
  } catch (error) {
    swept.failed++;
    deps.log.error('webhook log could not be swept', error, { tenantId });
  }
}

async function restartForgotten(
  { deliveries, clock }: SweepLogDeps,
  tenantId: string,
  starter: DeliveryStarter,
): Promise<number> {
  const overdueBefore = clock().getTime() - hourMs;
  let restarted = 0;
  for await (const delivery of deliveries.scan(tenantId, { status: 'pending' })) {
    if (dueAt(delivery).getTime() > overdueBefore) continue;
    await starter.startDelivery({ tenantId, deliveryId: delivery.id });
    restarted++;
  }
  return restarted;
}

function dueAt({ nextAttemptAt, createdAt }: Delivery): Date {
  return nextAttemptAt ?? createdAt;
}
