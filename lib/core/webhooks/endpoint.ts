import type { Stored } from '../stored.ts';

/** api.md §7. */
export const webhookEventTypes = [
  'export.started',
  'export.completed',
  'export.partially_completed',
  'export.failed',
  'export.cancelled',
  'export.deleted',
] as const;

export type WebhookEventType = (typeof webhookEventTypes)[number];

/** What an endpoint hears of when its owner did not choose. */
export const defaultEventTypes: readonly WebhookEventType[] = [
  'export.completed',
  'export.partially_completed',
  'export.failed',
];

/** How a delivery proves itself beside the Standard Webhooks signature, which is always there. */
export type EndpointAuth =
  | { readonly kind: 'none' }
  | { readonly kind: 'basic'; readonly username: string }
  /** Lakeside's `x-lakeside-hmac-sha256`. */
  | { readonly kind: 'lakeside' };

/** A customer's webhook address. Its secrets are sealed and never leave through any interface. */
export interface Endpoint {
  readonly tenantId: string;
  readonly id: string;
  readonly url: string;
  readonly events: readonly WebhookEventType[];
  readonly auth: EndpointAuth;
  /** The `whsec_` signing secret, sealed under the tenant's data key. */
  readonly sealedSigningSecret: string;
  /** The Basic password or Lakeside secret, sealed. */
  readonly sealedAuthSecret?: string;
  readonly createdBy: string;
  readonly createdAt: Date;
  /** Set while nothing is delivered to it. */
  readonly disabledAt?: Date;
  readonly disabledReason?: 'gone' | 'failing';
  /** When the present row of failures began; absent after a success. */
  readonly failingSince?: Date;
}

export interface EndpointStore {
  insert(endpoint: Endpoint): Promise<void>;
  find(tenantId: string, endpointId: string): Promise<Stored<Endpoint> | undefined>;
  /** All of a tenant's endpoints; there are at most `limits.webhookEndpointsMax`. */
  list(tenantId: string): Promise<readonly Endpoint[]>;
  /** Throws `changed_meanwhile` when the row has another etag. */
  update(endpoint: Endpoint, etag: string): Promise<void>;
  /** False when there is none. */
  remove(tenantId: string, endpointId: string): Promise<boolean>;
}
