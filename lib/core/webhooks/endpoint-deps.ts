import { asSluiceError, SluiceError } from '../errors.ts';
import type { IdempotencyStore } from '../exports/stores.ts';
import type { Log } from '../log.ts';
import type { CallBudgetStore } from './call-budget.ts';
import type { ConsentDeps } from './consent.ts';
import type { DeliveryStore } from './delivery.ts';
import type { Endpoint, EndpointStore } from './endpoint.ts';
import type { SecretOpener, SecretSealer } from './endpoint-secrets.ts';
import type { AddressDeps } from './require-address.ts';

/** What the work on a tenant's endpoints needs. */
export interface EndpointServiceDeps extends AddressDeps, ConsentDeps {
  readonly endpoints: EndpointStore;
  readonly deliveries: DeliveryStore;
  readonly callBudgets: CallBudgetStore;
  readonly idempotency: IdempotencyStore;
  /** Hosts whose owners the operator knows to want every webhook that comes to them; lower case. */
  readonly trustedHosts: readonly string[];
  readonly sealer: SecretSealer & SecretOpener;
  readonly log: Log;
}

const triesMax = 3;

/**
 * Writes what `change` makes of the endpoint's row and returns it; when somebody else was quicker,
 * the change is made anew from their row, three times at most. A change that returns the very value
 * it got writes nothing. Throws `not_found`.
 */
export async function changeEndpoint(
  { endpoints }: Pick<EndpointServiceDeps, 'endpoints'>,
  tenantId: string,
  endpointId: string,
  change: (endpoint: Endpoint) => Endpoint | Promise<Endpoint>,
): Promise<Endpoint> {
  for (let tries = 1; ; tries++) {
    const stored = await endpoints.find(tenantId, endpointId);
    if (stored === undefined) throw noSuchEndpoint();
    const changed = await change(stored.value);
    if (changed === stored.value) return changed;
    try {
      await endpoints.update(changed, stored.etag);
      return changed;
    } catch (error) {
      if (tries === triesMax || asSluiceError(error).code !== 'changed_meanwhile') throw error;
    }
  }
}

/** Throws `not_found`, for a foreign id as for a missing one. */
export async function requireEndpoint(
  { endpoints }: Pick<EndpointServiceDeps, 'endpoints'>,
  tenantId: string,
  endpointId: string,
): Promise<Endpoint> {
  const stored = await endpoints.find(tenantId, endpointId);
  if (stored === undefined) throw noSuchEndpoint();
  return stored.value;
}

function noSuchEndpoint(): SluiceError {
  return new SluiceError('not_found');
}
