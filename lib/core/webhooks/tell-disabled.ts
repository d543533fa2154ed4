import type { DeliveryStarter } from '../exports/starter.ts';
import type { Notifier } from './announce.ts';
import type { Endpoint } from './endpoint.ts';

export interface TellDisabledDeps {
  readonly notifier: Notifier;
  readonly starter: DeliveryStarter;
}

/** Sends `webhook.disabled` to the tenant's other endpoints that listen; telling twice sends once. */
export async function tellDisabled(
  { notifier, starter }: TellDisabledDeps,
  { tenantId, id, disabledAt: at, disabledReason = 'failing' }: Endpoint,
): Promise<void> {
  if (at === undefined) return;
  const deliveryIds = await notifier.notify({
    type: 'webhook.disabled',
    tenantId,
    subjectId: id,
    at,
    facts: { endpointId: id, disabledAt: at.toISOString(), reason: disabledReason },
    exceptEndpointId: id,
  });
  for (const deliveryId of deliveryIds) await starter.startDelivery({ tenantId, deliveryId });
}
