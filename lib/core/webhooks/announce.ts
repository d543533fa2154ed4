import { createHash } from 'node:crypto';
import { reverseTicks } from '../ids.ts';
import type { Delivery, DeliveryStore } from './delivery.ts';
import type { Endpoint, EndpointStore } from './endpoint.ts';
import { buildPayload, type ExportEvent } from './payload.ts';

export interface Announcer {
  /**
   * Puts one delivery per listening endpoint into the store and returns the ids of all that are
   * still to be sent. The same event always gives the same ids, so announcing twice sends once.
   */
  announce(event: ExportEvent): Promise<readonly string[]>;
}

export interface AnnouncerDeps {
  readonly endpoints: Pick<EndpointStore, 'list'>;
  readonly deliveries: Pick<DeliveryStore, 'insert' | 'find'>;
}

/** Announces through these stores; throws what they throw, and can then simply be called again. */
export function createAnnouncer(deps: AnnouncerDeps): Announcer {
  return { announce: (event) => announce(deps, event) };
}

async function announce(deps: AnnouncerDeps, event: ExportEvent): Promise<readonly string[]> {
  const endpoints = await deps.endpoints.list(event.tenantId);
  const body = buildPayload(event);
  const ids: string[] = [];
  for (const endpoint of endpoints.filter(({ events }) => events.includes(event.type))) {
    const delivery = deliveryOf(event, endpoint, body);
    if (await isToBeSent(deps, delivery, endpoint)) ids.push(delivery.id);
  }
  return ids;
}

/** A row made before its endpoint was disabled still counts: its own attempt closes it. */
async function isToBeSent(
  { deliveries }: AnnouncerDeps,
  delivery: Delivery,
  endpoint: Endpoint,
): Promise<boolean> {
  const enabled = endpoint.disabledAt === undefined;
  if (enabled && (await deliveries.insert(delivery))) return true;
  const existing = await deliveries.find(delivery.tenantId, delivery.id);
  return existing?.value.status === 'pending';
}

function deliveryOf(event: ExportEvent, endpoint: Endpoint, body: string): Delivery {
  const { tenantId, exportId, type, attempt, at } = event;
  return {
    tenantId,
    id: reverseTicks(at) + hashOf([tenantId, exportId, type, attempt, endpoint.id]),
    endpointId: endpoint.id,
    exportId,
    type,
    webhookId: `msg_${hashOf([tenantId, exportId, type, attempt])}`,
    body,
    status: 'pending',
    createdAt: at,
    attempts: [],
  };
}

/** 40 characters of `[0-9a-f]`. */
function hashOf(parts: readonly (string | number)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 40);
}
