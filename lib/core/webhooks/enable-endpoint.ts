import type { DeliveryStarter } from '../exports/starter.ts';
import { catchUp } from './catch-up.ts';
import type { Endpoint } from './endpoint.ts';
import { changeEndpoint, type EndpointServiceDeps } from './endpoint-deps.ts';
import { healthy } from './endpoint-health.ts';

export interface EnabledEndpoint {
  readonly endpoint: Endpoint;
  /** Deliveries of missed events that were started. */
  readonly caughtUp: number;
}

/** Lets an endpoint be delivered to again and catches up; for one that is enabled only the latter. */
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
