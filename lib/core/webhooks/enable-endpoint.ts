import type { DeliveryStarter } from '../exports/starter.ts';
import { limits } from '../limits.ts';
import type { Delivery } from './delivery.ts';
import type { Endpoint } from './endpoint.ts';
import { changeEndpoint, type EndpointServiceDeps } from './endpoint-deps.ts';
import { healthy } from './endpoint-health.ts';
import { repeat } from './redeliver.ts';

export interface EnabledEndpoint {
  readonly endpoint: Endpoint;
  /** Deliveries of missed events that were started. */
  readonly caughtUp: number;
}

const catchUpMs = limits.webhookCatchUpDays * 24 * 3_600_000;

/**
 * Lets an endpoint be delivered to again and sends what it missed in the last
 * `limits.webhookCatchUpDays`, the oldest first. Enabling one that is enabled only goes on with that.
 */
export async function enableEndpoint(
  deps: EndpointServiceDeps,
  tenantId: string,
  endpointId: string,
  starter: DeliveryStarter,
): Promise<EnabledEndpoint> {
  const endpoint = await changeEndpoint(deps, tenantId, endpointId, (found) => {
    if (found.disabledAt === undefined) return found;
    const { disabledAt, disabledReason, ...rest } = healthy(found);
    return rest;
  });
  return { endpoint, caughtUp: await catchUp(deps, endpoint, starter) };
}

/** Each missed delivery is repeated once; one that was repeated already is left alone. */
async function catchUp(
  deps: EndpointServiceDeps,
  { tenantId, id }: Endpoint,
  starter: DeliveryStarter,
): Promise<number> {
  let started = 0;
  for (const { id: deliveryId } of await missedBy(deps, tenantId, id)) {
    const stored = await deps.deliveries.find(tenantId, deliveryId);
    if (stored === undefined || !isMissed(stored.value)) continue;
    await repeat(deps, stored, starter);
    started++;
  }
  return started;
}

async function missedBy(
  { deliveries, clock }: EndpointServiceDeps,
  tenantId: string,
  endpointId: string,
): Promise<readonly Delivery[]> {
  const from = new Date(clock().getTime() - catchUpMs);
  const missed: Delivery[] = [];
  const filter = { endpointId, status: 'dropped', from } as const;
  for await (const delivery of deliveries.scan(tenantId, filter)) {
    if (isMissed(delivery)) missed.push(delivery);
  }
  return missed.reverse();
}

function isMissed({ status, redeliveries }: Delivery): boolean {
  return status === 'dropped' && redeliveries === undefined;
}
