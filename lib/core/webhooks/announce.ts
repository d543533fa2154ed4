import { createHash } from 'node:crypto';
import { reverseTicks } from '../ids.ts';
import type { Delivery, DeliveryStore } from './delivery.ts';
import type { Endpoint, EndpointStore, WebhookEventType } from './endpoint.ts';
import { buildNotice, buildPayload, type ExportEvent, type Notice } from './payload.ts';

export interface Announcer {
  /**
   * Puts one delivery per listening endpoint into the store and returns the ids of all that are
   * still to be sent. The same event always gives the same ids, so announcing twice sends once.
   */
  announce(event: ExportEvent): Promise<readonly string[]>;
}

export interface Notifier {
  /** The same for what is not about an export. */
  notify(notice: Notice): Promise<readonly string[]>;
}

export interface AnnouncerDeps {
  readonly endpoints: Pick<EndpointStore, 'list'>;
  readonly deliveries: Pick<DeliveryStore, 'insert' | 'scan'>;
}

/** Announces through these stores; throws what they throw, and can then simply be called again. */
export function createAnnouncer(deps: AnnouncerDeps): Announcer {
  return {
    announce(event) {
      const { tenantId, exportId, type, attempt, at } = event;
      const key = [tenantId, exportId, type, attempt];
      return spread(deps, { tenantId, type, at, key, exportId, body: buildPayload(event) });
    },
  };
}

/** Notifies through these stores, like `createAnnouncer`. */
export function createNotifier(deps: AnnouncerDeps): Notifier {
  return {
    notify(notice) {
      const { tenantId, subjectId, type, at, exceptEndpointId } = notice;
      const key = [tenantId, subjectId, type, at.toISOString()];
      return spread(deps, { tenantId, type, at, key, exceptEndpointId, body: buildNotice(notice) });
    },
  };
}

interface Message {
  readonly tenantId: string;
  readonly type: WebhookEventType;
  readonly at: Date;
  /** What makes the event this one and no other. */
  readonly key: readonly (string | number)[];
  readonly exportId?: string;
  readonly body: string;
  readonly exceptEndpointId?: string | undefined;
}

async function spread(deps: AnnouncerDeps, message: Message): Promise<readonly string[]> {
  const endpoints = await deps.endpoints.list(message.tenantId);
  for (const endpoint of endpoints.filter((one) => isListening(one, message))) {
    await deps.deliveries.insert(deliveryOf(message, endpoint));
  }
  return stillToBeSent(deps, message);
}

/** An event is for those who listened when it happened, however late it is announced, or again. */
function isListening(endpoint: Endpoint, { type, at, exceptEndpointId }: Message): boolean {
  const { id, events, createdAt, eventsSince } = endpoint;
  if (id === exceptEndpointId || !events.includes(type)) return false;
  return at >= (eventsSince?.[type] ?? createdAt);
}

/**
 * Every open row of this event, also one whose endpoint was disabled or removed since an earlier
 * announcement that died: its own attempt closes it.
 */
async function stillToBeSent(
  { deliveries }: AnnouncerDeps,
  { tenantId, at, key }: Message,
): Promise<readonly string[]> {
  const ids: string[] = [];
  const webhookId = webhookIdOf(key);
  for await (const row of deliveries.scan(tenantId, { status: 'pending', from: at, to: at })) {
    if (row.webhookId === webhookId) ids.push(row.id);
  }
  return ids;
}

/** What a disabled endpoint misses is written down for the day it is enabled again. */
function deliveryOf(message: Message, endpoint: Endpoint): Delivery {
  const { tenantId, type, at, key, exportId, body } = message;
  return {
    tenantId,
    id: reverseTicks(at) + hashOf([...key, endpoint.id]),
    endpointId: endpoint.id,
    ...(exportId === undefined ? {} : { exportId }),
    type,
    webhookId: webhookIdOf(key),
    body,
    status: endpoint.disabledAt === undefined ? 'pending' : 'dropped',
    createdAt: at,
    attempts: [],
  };
}

function webhookIdOf(key: Message['key']): string {
  return `msg_${hashOf(key)}`;
}

/** 40 characters of `[0-9a-f]`. */
function hashOf(parts: readonly (string | number)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 40);
}
