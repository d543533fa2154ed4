import type { Clock } from '../clock.ts';
import { SluiceError } from '../errors.ts';
import { newestFirstId } from '../ids.ts';
import { limits } from '../limits.ts';
import type { Endpoint, EndpointStore } from './endpoint.ts';
import { type EndpointInput, type EndpointPlan, planEndpoint } from './endpoint-input.ts';
import { type SecretSealer, sealSecrets } from './endpoint-secrets.ts';
import type { DestinationCheck } from './outbound.ts';
import { requireWebhookUrl, type UrlRules } from './url-rules.ts';

export interface EndpointService {
  /**
   * Throws `invalid_body`, `webhook_url_refused` and, beyond `limits.webhookEndpointsMax`,
   * `limit_reached`. The signing secret is never shown again.
   */
  create(tenantId: string, createdBy: string, input: EndpointInput): Promise<CreatedEndpoint>;
  list(tenantId: string): Promise<readonly Endpoint[]>;
  find(tenantId: string, endpointId: string): Promise<Endpoint | undefined>;
  /** Deliveries under way are dropped at their next attempt. Throws `not_found`. */
  remove(tenantId: string, endpointId: string): Promise<void>;
}

export interface CreatedEndpoint {
  readonly endpoint: Endpoint;
  readonly signingSecret: string;
}

export interface EndpointServiceDeps {
  readonly endpoints: EndpointStore;
  readonly sealer: SecretSealer;
  readonly urlRules: UrlRules;
  readonly destinations: DestinationCheck;
  readonly clock: Clock;
}

/** Everything that can be done with a tenant's webhook endpoints. */
export function createEndpointService(deps: EndpointServiceDeps): EndpointService {
  return {
    create: (tenantId, createdBy, input) => create(deps, tenantId, createdBy, input),
    list: (tenantId) => deps.endpoints.list(tenantId),
    find: async (tenantId, id) => (await deps.endpoints.find(tenantId, id))?.value,
    remove: (tenantId, id) => remove(deps, tenantId, id),
  };
}

async function create(
  deps: EndpointServiceDeps,
  tenantId: string,
  createdBy: string,
  input: EndpointInput,
): Promise<CreatedEndpoint> {
  const plan = planEndpoint(input);
  const { href } = requireWebhookUrl(input.url, deps.urlRules);
  await requireRoom(deps, tenantId, limits.webhookEndpointsMax - 1);
  await requireReachable(deps, href);
  const endpoint = await sealEndpoint(deps, { tenantId, createdBy, url: href }, plan);
  await insertWithinLimit(deps, endpoint);
  return { endpoint, signingSecret: plan.signingSecret };
}

async function requireRoom(
  { endpoints }: EndpointServiceDeps,
  tenantId: string,
  countMax: number,
): Promise<void> {
  if ((await endpoints.list(tenantId)).length <= countMax) return;
  throw new SluiceError('limit_reached', {
    message: `A tenant has at most ${limits.webhookEndpointsMax} webhook endpoints; delete one first.`,
  });
}

/** One text for all blocked addresses: more would help to look around behind the name. */
async function requireReachable({ destinations }: EndpointServiceDeps, url: string): Promise<void> {
  const trouble = await destinations.check(url);
  if (trouble === undefined) return;
  const message =
    trouble === 'dns_failure'
      ? 'The host name has no IPv4 address that could be looked up; check the name and try again.'
      : 'The host name leads to an address outside the public internet; use a public host.';
  throw new SluiceError('webhook_url_refused', { message });
}

async function sealEndpoint(
  { sealer, clock }: EndpointServiceDeps,
  made: Pick<Endpoint, 'tenantId' | 'createdBy' | 'url'>,
  { events, auth, ...secrets }: EndpointPlan,
): Promise<Endpoint> {
  const createdAt = clock();
  const id = newestFirstId(createdAt);
  const sealed = await sealSecrets(sealer, { tenantId: made.tenantId, id }, secrets);
  return { ...made, id, events, auth, ...sealed, createdAt };
}

/** Two calls at once may both find room for one: whoever sees one too many steps back. */
async function insertWithinLimit(deps: EndpointServiceDeps, endpoint: Endpoint): Promise<void> {
  const { tenantId, id } = endpoint;
  await deps.endpoints.insert(endpoint);
  try {
    await requireRoom(deps, tenantId, limits.webhookEndpointsMax);
  } catch (error) {
    await deps.endpoints.remove(tenantId, id);
    throw error;
  }
}

async function remove(
  { endpoints }: EndpointServiceDeps,
  tenantId: string,
  endpointId: string,
): Promise<void> {
  if (await endpoints.remove(tenantId, endpointId)) return;
  throw new SluiceError('not_found');
}
