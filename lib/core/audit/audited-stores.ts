import type { Delivery, DeliveryStore } from '../webhooks/delivery.ts';
import type { Endpoint, EndpointStore } from '../webhooks/endpoint.ts';
import { systemActor } from './audit-event.ts';
import type { AuditLog } from './audit-log.ts';

/** The store, and an event before an endpoint is disabled by itself; no event, no change. */
export function auditedEndpoints(store: EndpointStore, audit: AuditLog): EndpointStore {
  return {
    ...store,
    async update(endpoint, etag) {
      if (await isNewlyDisabled(store, endpoint)) await recordDisabling(audit, endpoint);
      await store.update(endpoint, etag);
    },
  };
}

/** The store, and an event for each attempt that was not let out. */
export function auditedDeliveries(store: DeliveryStore, audit: AuditLog): DeliveryStore {
  return {
    ...store,
    async update(delivery, etag) {
      await recordBlock(audit, delivery);
      await store.update(delivery, etag);
    },
  };
}

async function isNewlyDisabled(store: EndpointStore, endpoint: Endpoint): Promise<boolean> {
  if (endpoint.disabledAt === undefined) return false;
  const stored = await store.find(endpoint.tenantId, endpoint.id);
  return stored?.value.disabledAt === undefined;
}

/** The moment of disabling names the event: writing the row again notes nothing new. */
async function recordDisabling(audit: AuditLog, endpoint: Endpoint): Promise<void> {
  const { tenantId, id, disabledAt, disabledReason } = endpoint;
  if (disabledAt === undefined) return;
  await audit.recordOnce(tenantId, ['webhook.disable', id, disabledAt.getTime()], {
    action: 'webhook.disable',
    actor: systemActor,
    target: { type: 'webhook', id },
    outcome: { result: 'success' },
    ...(disabledReason === undefined ? {} : { details: { reason: disabledReason } }),
  });
}

async function recordBlock(audit: AuditLog, delivery: Delivery): Promise<void> {
  const { tenantId, id, endpointId, attempts } = delivery;
  const last = attempts.at(-1);
  if (last?.error !== 'blocked_destination') return;
  await audit.recordOnce(tenantId, ['webhook.block', id, last.at.getTime()], {
    action: 'webhook.block',
    actor: systemActor,
    target: { type: 'delivery', id },
    outcome: { result: 'denied' },
    details: { endpointId, attempt: attempts.length, reason: last.error },
  });
}
