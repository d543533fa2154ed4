import type { DeliveryStarter } from '../exports/starter.ts';
import type { Notifier } from '../webhooks/announce.ts';
import type { Notice } from '../webhooks/payload.ts';
import type { KeyRecord } from './key-record.ts';

/** What there is to tell of a key, and the moment that makes the notice this one and no other. */
export type KeyNews = Pick<Notice, 'type' | 'at'>;

/**
 * Tells the endpoints of the key's tenant. The same news twice gives the same deliveries; without a
 * starter, or when it fails, the timer `deliveryWatch` starts them.
 */
export async function tellTenant(
  { notifier }: { readonly notifier: Notifier },
  { tenantId, id: keyId, name: keyName, createdBy, expiresAt }: KeyRecord,
  news: KeyNews,
  starter: DeliveryStarter | undefined,
): Promise<void> {
  const facts = { keyId, keyName, createdBy, expiresAt: expiresAt.toISOString() };
  const deliveryIds = await notifier.notify({ ...news, tenantId, subjectId: keyId, facts });
  for (const deliveryId of deliveryIds) await starter?.startDelivery({ tenantId, deliveryId });
}
