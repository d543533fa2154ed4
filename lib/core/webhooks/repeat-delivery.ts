import { createHash } from 'node:crypto';
import type { DeliveryStarter } from '../exports/starter.ts';
import { reverseTicks } from '../ids.ts';
import type { Stored } from '../stored.ts';
import { changeStored } from './change-stored.ts';
import type { Delivery } from './delivery.ts';
import type { EndpointServiceDeps } from './endpoint-deps.ts';

/**
 * Sends a delivery once more, as one of its own: the same `webhook-id` and body, new times, the whole
 * schedule. Whether that may be is for the caller to know. Its id follows from how often the delivery was repeated,
 * so calls at the same moment, and a call after one that died, make one repetition.
 */
export async function repeat(
  deps: Pick<EndpointServiceDeps, 'deliveries' | 'clock'>,
  original: Stored<Delivery>,
  starter: DeliveryStarter,
): Promise<Delivery> {
  const { tenantId } = original.value;
  const redeliveries = (original.value.redeliveries ?? 0) + 1;
  const delivery = repetitionOf(original.value, redeliveries, deps.clock());
  await deps.deliveries.insert(delivery);
  await starter.startDelivery({ tenantId, deliveryId: delivery.id });
  // Last, so that one whose start was lost is started again by the next call.
  await noteRepetition(deps, original, redeliveries);
  return delivery;
}

async function noteRepetition(
  { deliveries }: Pick<EndpointServiceDeps, 'deliveries'>,
  original: Stored<Delivery>,
  redeliveries: number,
): Promise<void> {
  const { tenantId, id } = original.value;
  const row = {
    find: () => deliveries.find(tenantId, id),
    update: (value: Delivery, etag: string) => deliveries.update(value, etag),
  };
  await changeStored(row, original, (value) =>
    (value.redeliveries ?? 0) >= redeliveries ? value : { ...value, redeliveries },
  );
}

/** It stands in the log at the time of its event, beside the original. */
function repetitionOf(original: Delivery, redeliveries: number, now: Date): Delivery {
  const { nextAttemptAt, redeliveries: own, ...rest } = original;
  const ticksLength = reverseTicks(now).length;
  const key = JSON.stringify([original.id, 'redelivery', redeliveries]);
  const hash = createHash('sha256').update(key).digest('hex').slice(0, 40);
  return {
    ...rest,
    id: original.id.slice(0, ticksLength) + hash,
    status: 'pending',
    createdAt: now,
    attempts: [],
    redeliveryOf: original.id,
  };
}
