import type { Page, PageRequest } from '../page.ts';
import type { Stored } from '../stored.ts';
import type { DeliveryError } from './delivery-error.ts';
import type { WebhookEventType } from './endpoint.ts';

/** What is delivered: what can be listened to, the owner's own test, and the call for consent. */
export type DeliveryType = WebhookEventType | 'webhook.test' | 'webhook.validation';

export type DeliveryStatus = 'pending' | 'delivered' | 'failed' | 'dropped';

/** One event on its way to one endpoint. */
export interface Delivery {
  readonly tenantId: string;
  /** Made of the event's time, the event and the endpoint: announcing twice finds the same row. */
  readonly id: string;
  readonly endpointId: string;
  /** Absent for what is not about an export. */
  readonly exportId?: string;
  readonly type: DeliveryType;
  /** `webhook-id`: the same on every attempt. */
  readonly webhookId: string;
  /** The exact body that is sent and signed. */
  readonly body: string;
  /**
   * `failed`: every attempt is used up. `dropped`: the endpoint was deleted or disabled, had no
   * consent for a day, or got it while this waited, so that another delivery repeats this one.
   */
  readonly status: DeliveryStatus;
  readonly createdAt: Date;
  readonly attempts: readonly DeliveryAttempt[];
  readonly nextAttemptAt?: Date;
  /** The delivery that this one repeats. */
  readonly redeliveryOf?: string;
  /** How often this delivery was repeated; absent: never. */
  readonly redeliveries?: number;
}

export interface DeliveryAttempt {
  readonly at: Date;
  readonly durationMs: number;
  /** The answer's HTTP status, when there was one. */
  readonly status?: number;
  readonly error?: DeliveryError;
}

export interface DeliveryStore {
  /** False when the delivery is there already. */
  insert(delivery: Delivery): Promise<boolean>;
  find(tenantId: string, deliveryId: string): Promise<Stored<Delivery> | undefined>;
  /** Throws `changed_meanwhile` when the row has another etag. */
  update(delivery: Delivery, etag: string): Promise<void>;
  /** The newest event first. */
  list(tenantId: string, filter: DeliveryFilter, page: PageRequest): Promise<Page<Delivery>>;
  /** All that fit, the newest event first. */
  scan(tenantId: string, filter: DeliveryFilter): AsyncIterable<Delivery>;
  /** Removes the rows of all events before this moment and says how many there were. */
  removeBefore(tenantId: string, cutoff: Date): Promise<number>;
}

export interface DeliveryFilter {
  readonly endpointId?: string;
  readonly status?: DeliveryStatus;
  /** The event's time, both ends included. */
  readonly from?: Date;
  readonly to?: Date;
}
