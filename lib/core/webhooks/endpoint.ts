import type { Stored } from '../stored.ts';
import type { DeliveryError } from './delivery-error.ts';

/** api.md §7: what an endpoint can listen to. */
export const webhookEventTypes = [
  'export.started',
  'export.completed',
  'export.partially_completed',
  'export.failed',
  'export.cancelled',
  'export.deleted',
  'webhook.disabled',
  'key.expiring',
  'key.exposed',
  'key.created',
] as const;

export type WebhookEventType = (typeof webhookEventTypes)[number];

/** What an endpoint hears of when its owner did not choose. */
export const defaultEventTypes: readonly WebhookEventType[] = [
  'export.completed',
  'export.partially_completed',
  'export.failed',
];

/**
 * How a delivery proves itself beside the Standard Webhooks signature, which is always there. The
 * secret of each kind is sealed in `sealedAuthSecret`.
 */
export type EndpointAuth =
  | { readonly kind: 'none' }
  | { readonly kind: 'basic'; readonly username: string }
  | { readonly kind: 'bearer' }
  /** The customer's own headers; their values are the secret, as a JSON object by name. */
  | { readonly kind: 'headers'; readonly names: readonly string[] }
  | OAuth2Auth
  /** Lakeside's `x-lakeside-hmac-sha256`. */
  | { readonly kind: 'lakeside' };

/** RFC 6749, client credentials: a bearer token that is fetched from the customer's token URL. */
export interface OAuth2Auth {
  readonly kind: 'oauth2';
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly scope?: string;
  readonly audience?: string;
  /** Whether the client's secret goes into `Authorization: Basic` or into the form. */
  readonly sendSecretIn: 'header' | 'body';
}

/** A customer's webhook address. Its secrets are sealed and never leave through any interface. */
export interface Endpoint {
  readonly tenantId: string;
  readonly id: string;
  readonly url: string;
  readonly events: readonly WebhookEventType[];
  readonly auth: EndpointAuth;
  /** The `whsec_` signing secret, sealed under the tenant's data key. */
  readonly sealedSigningSecret: string;
  /** The signing secret before this one; it signs too until `previousSecretUntil`. */
  readonly sealedPreviousSecret?: string;
  readonly previousSecretUntil?: Date;
  /** Whose signature comes first until then, for receivers that look at one only; absent: `new`. */
  readonly signFirst?: SignFirst;
  /** The secret of `auth`, sealed. */
  readonly sealedAuthSecret?: string;
  readonly createdBy: string;
  readonly createdAt: Date;
  /** Since when it listens to events that were chosen later than it was made. */
  readonly eventsSince?: Readonly<Partial<Record<WebhookEventType, Date>>>;
  /** When it was proven that the receiver wants webhooks at this URL; absent: not yet. */
  readonly verifiedAt?: Date;
  readonly verifiedBy?: ConsentProof;
  /** What proves it (see consent-code.ts), sealed; another one for each address. */
  readonly sealedConsentCode: string;
  /** How the newest challenge failed; absent after a proof. */
  readonly lastChallenge?: FailedChallenge;
  /** The last delivery that was tried without consent. */
  readonly unverifiedAttemptAt?: Date;
  /** Set while nothing is delivered to it. */
  readonly disabledAt?: Date;
  readonly disabledReason?: DisabledReason;
  /** When the clock of failures began; absent after a success. */
  readonly failingSince?: Date;
  /** The newest failure of the present row of failures. */
  readonly lastFailureAt?: Date;
  /** Milliseconds on the clock of failures, up to `lastFailureAt`. */
  readonly failingMs?: number;
}

export type SignFirst = 'new' | 'previous';

/** `code`: its owner confirmed the code. `operator`: the operator vouches for the host. */
export type ConsentProof = 'challenge' | 'code' | 'operator';

export interface FailedChallenge {
  readonly at: Date;
  /** The answer's HTTP status, when there was one. */
  readonly status?: number;
  readonly error: DeliveryError;
}

export type DisabledReason = 'gone' | 'failing';

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
