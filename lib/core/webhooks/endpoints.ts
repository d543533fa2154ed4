import { SluiceError } from '../errors.ts';
import type { DeliveryStarter } from '../exports/starter.ts';
import { limits } from '../limits.ts';
import type { Page, PageRequest } from '../page.ts';
import { updateEndpoint } from './change-endpoint.ts';
import { createEndpoint, type EndpointWithSecret } from './create-endpoint.ts';
import type { Delivery } from './delivery.ts';
import { type EnabledEndpoint, enableEndpoint } from './enable-endpoint.ts';
import type { Endpoint } from './endpoint.ts';
import { type EndpointServiceDeps, requireEndpoint } from './endpoint-deps.ts';
import type { EndpointChange, EndpointInput } from './endpoint-input.ts';
import { redeliver } from './redeliver.ts';
import { rotateSecret, type SecretRotation } from './rotate-secret.ts';
import { type EndpointTest, testEndpoint } from './test-endpoint.ts';
import { type VerifiedEndpoint, verifyEndpoint } from './verify-endpoint.ts';

/**
 * Everything that can be done with a tenant's webhook endpoints. All throw `not_found` for an id that
 * is missing or another tenant's, and those that call the receiver `too_many_requests` beyond
 * `limits.webhookCallsPerHour`.
 */
export interface EndpointService {
  /**
   * Throws `invalid_body`, `webhook_url_refused` and, beyond `limits.webhookEndpointsMax`,
   * `limit_reached`. The endpoint is unverified: its receiver needs the signing secret, which is never
   * shown again, before it can answer a challenge. Where the caller brought the secret, it is asked
   * at once. Also throws what `createOnce` throws for a repetition.
   */
  create(
    tenantId: string,
    createdBy: string,
    input: EndpointInput,
    idempotencyKey?: string,
  ): Promise<EndpointWithSecret>;
  list(tenantId: string): Promise<readonly Endpoint[]>;
  find(tenantId: string, endpointId: string): Promise<Endpoint | undefined>;
  /** Retries under way go to the new URL. Another URL or proof is asked for consent anew. */
  change(
    tenantId: string,
    endpointId: string,
    change: EndpointChange,
    starter: DeliveryStarter,
  ): Promise<Endpoint>;
  /** Deliveries under way are dropped at their next attempt. */
  remove(tenantId: string, endpointId: string): Promise<void>;
  rotateSecret(
    tenantId: string,
    endpointId: string,
    rotation: SecretRotation,
  ): Promise<EndpointWithSecret>;
  /** See `verifyEndpoint`; also throws `webhook_code_wrong`. */
  verify(
    tenantId: string,
    endpointId: string,
    proof: { readonly code?: string | undefined },
    starter: DeliveryStarter,
  ): Promise<VerifiedEndpoint>;
  test(tenantId: string, endpointId: string): Promise<EndpointTest>;
  enable(tenantId: string, endpointId: string, starter: DeliveryStarter): Promise<EnabledEndpoint>;
  /** The log of `limits.webhookLogDays`, the newest event first. */
  listDeliveries(tenantId: string, endpointId: string, page: PageRequest): Promise<Page<Delivery>>;
  /** Also throws `webhook_state`. */
  redeliver(tenantId: string, deliveryId: string, starter: DeliveryStarter): Promise<Delivery>;
}

/** The service over these stores and this way out. */
export function createEndpointService(deps: EndpointServiceDeps): EndpointService {
  return {
    create: (tenantId, createdBy, input, idempotencyKey) =>
      createEndpoint(deps, tenantId, createdBy, input, idempotencyKey),
    list: (tenantId) => deps.endpoints.list(tenantId),
    find: async (tenantId, id) => (await deps.endpoints.find(tenantId, id))?.value,
    change: (tenantId, id, change, starter) => updateEndpoint(deps, tenantId, id, change, starter),
    remove: (tenantId, id) => remove(deps, tenantId, id),
    rotateSecret: (tenantId, id, rotation) => rotateSecret(deps, tenantId, id, rotation),
    verify: (tenantId, id, proof, starter) => verifyEndpoint(deps, tenantId, id, proof, starter),
    test: (tenantId, id) => testEndpoint(deps, tenantId, id),
    enable: (tenantId, id, starter) => enableEndpoint(deps, tenantId, id, starter),
    listDeliveries: (tenantId, id, page) => listDeliveries(deps, tenantId, id, page),
    redeliver: (tenantId, id, starter) => redeliver(deps, tenantId, id, starter),
  };
}

async function remove(
  { endpoints }: EndpointServiceDeps,
  tenantId: string,
  endpointId: string,
): Promise<void> {
  if (await endpoints.remove(tenantId, endpointId)) return;
  throw new SluiceError('not_found');
}

async function listDeliveries(
  deps: EndpointServiceDeps,
  tenantId: string,
  endpointId: string,
  page: PageRequest,
): Promise<Page<Delivery>> {
  await requireEndpoint(deps, tenantId, endpointId);
  const from = new Date(deps.clock().getTime() - limits.webhookLogDays * 24 * 3_600_000);
  return deps.deliveries.list(tenantId, { endpointId, from }, page);
}
