import type { DeliveryAnswer } from '../../../lib/api/webhooks.ts';
import type { Delivery, DeliveryAttempt } from '../../../lib/core/webhooks/delivery.ts';

/** A delivery with its attempts; its body and what receivers answered are not shown. */
export function presentDelivery(delivery: Delivery): DeliveryAnswer {
  return {
    id: delivery.id,
    endpointId: delivery.endpointId,
    webhookId: delivery.webhookId,
    type: delivery.type,
    exportId: delivery.exportId,
    status: delivery.status,
    createdAt: delivery.createdAt.toISOString(),
    nextAttemptAt: delivery.nextAttemptAt?.toISOString(),
    redeliveryOf: delivery.redeliveryOf,
    attempts: delivery.attempts.map(presentAttempt),
  };
}

function presentAttempt({ at, durationMs, status, error }: DeliveryAttempt) {
  return { at: at.toISOString(), ms: durationMs, status, error };
}
