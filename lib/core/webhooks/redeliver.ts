import { SluiceError } from '../errors.ts';
import type { DeliveryStarter } from '../exports/starter.ts';
import type { Stored } from '../stored.ts';
import { takeCall } from './call-budget.ts';
import { takeMissed } from './catch-up.ts';
import type { Delivery } from './delivery.ts';
import { isPutOff } from './delivery-progress.ts';
import type { Endpoint } from './endpoint.ts';
import { type EndpointServiceDeps, requireEndpoint } from './endpoint-deps.ts';
import { repeat } from './repeat-delivery.ts';

/**
 * Sends a delivery once more that is finished, or that waits though the address is proven by now; see
 * `repeat`. Throws `not_found`, `webhook_state` when that may not be, and `too_many_requests`.
 */
export async function redeliver(
  deps: EndpointServiceDeps,
  tenantId: string,
  deliveryId: string,
  starter: DeliveryStarter,
): Promise<Delivery> {
  const stored = await deps.deliveries.find(tenantId, deliveryId);
  if (stored === undefined) throw new SluiceError('not_found');
  const endpoint = await requireEndpoint(deps, tenantId, stored.value.endpointId);
  const obstacle = obstacleOf(stored.value, endpoint, deps.clock());
  if (obstacle !== undefined) throw new SluiceError('webhook_state', { message: obstacle });
  await takeCall(deps.callBudgets, tenantId, deps.clock());
  return repeat(deps, await finished(deps, stored, endpoint), starter);
}

/** Why the delivery is not sent again, as a sentence for the caller that says what to do. */
function obstacleOf(delivery: Delivery, endpoint: Endpoint, now: Date): string | undefined {
  const { type, status, nextAttemptAt } = delivery;
  if (type === 'webhook.validation') {
    return `A challenge is not sent again. POST /api/v1/webhooks/${endpoint.id}/verify sends a new one.`;
  }
  if (endpoint.disabledAt !== undefined) {
    return `The endpoint is disabled. Enable it first: POST /api/v1/webhooks/${endpoint.id}/enable.`;
  }
  if (status !== 'pending') return undefined;
  const at = nextAttemptAt === undefined ? 'now' : `at ${nextAttemptAt.toISOString()}`;
  if (!isPutOff(delivery, now)) {
    return `This delivery is under way and is tried by itself, ${at}. Look at it in GET /api/v1/webhooks/${endpoint.id}/deliveries.`;
  }
  if (endpoint.verifiedAt !== undefined) return undefined;
  return `This delivery waits, and is sent ${at}, because the endpoint is not verified. Verify it: POST /api/v1/webhooks/${endpoint.id}/verify; what waits is then sent at once.`;
}

async function finished(
  deps: EndpointServiceDeps,
  stored: Stored<Delivery>,
  endpoint: Endpoint,
): Promise<Stored<Delivery>> {
  if (stored.value.status !== 'pending') return stored;
  const taken = await takeMissed(deps, endpoint, stored.value.id);
  if (taken !== undefined) return taken;
  throw new SluiceError('changed_meanwhile', {
    message: 'This delivery was sent at this very moment. Look at it before you ask again.',
  });
}
