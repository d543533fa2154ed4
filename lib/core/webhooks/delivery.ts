import type { Stored } from '../stored.ts';
import type { WebhookEventType } from './endpoint.ts';

export type DeliveryStatus = 'pending' | 'delivered' | 'failed' | 'dropped';

/** One event on its way to one endpoint. */
export interface Delivery {
  readonly tenantId: string;
  /** Made of the event and the endpoint, so that announcing twice finds the same row. */
  readonly id: string;
  readonly endpointId: string;
  readonly exportId: string;
  readonly type: WebhookEventType;
  /** `webhook-id`: the same on every attempt. */
  readonly webhookId: string;
  /** The exact body that is sent and signed. */
  readonly body: string;
  /** `dropped`: the endpoint was deleted or disabled. `failed`: every attempt is used up. */
  readonly status: DeliveryStatus;
  readonly createdAt: Date;
  readonly attempts: readonly DeliveryAttempt[];
  readonly nextAttemptAt?: Date;
}

export interface DeliveryAttempt {
  readonly at: Date;
  readonly durationMs: number;
  /** The answer's HTTP status, when there was one. */
  readonly status?: number;
  readonly error?: OutboundError;
}

/** Why a call to a customer's address failed, coarse on purpose (security.md §2.4, rule 7). */
export type OutboundError =
  | 'blocked_destination'
  | 'dns_failure'
  | 'tls_failure'
  | 'connect_failure'
  | 'timeout'
  | 'answer_too_large'
  | 'http_status';

export interface DeliveryStore {
  /** False when the delivery is there already. */
  insert(delivery: Delivery): Promise<boolean>;
  find(tenantId: string, deliveryId: string): Promise<Stored<Delivery> | undefined>;
  /** Throws `changed_meanwhile` when the row has another etag. */
  update(delivery: Delivery, etag: string): Promise<void>;
}
