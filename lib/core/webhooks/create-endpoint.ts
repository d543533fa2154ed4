import { SluiceError } from '../errors.ts';
import { createOnce } from '../idempotency/create-once.ts';
import { newestFirstId } from '../ids.ts';
import { limits } from '../limits.ts';
import { type AuthPlan, planAuth } from './auth-input.ts';
import { takeCall } from './call-budget.ts';
import { sealConsentCode } from './consent-code.ts';
import type { Endpoint } from './endpoint.ts';
import type { EndpointServiceDeps } from './endpoint-deps.ts';
import { type EndpointInput, eventsOf, requireEndpointInput } from './endpoint-input.ts';
import { sealAuthSecret, sealSigningSecret } from './endpoint-secrets.ts';
import { requireAddress, requireAuthAddress } from './require-address.ts';
import { newSigningSecret } from './signature.ts';
import { requireWebhookUrl } from './url-rules.ts';
import { challenge, isTrusted } from './verify-endpoint.ts';

/** An endpoint with the signing secret that is shown this once. */
export interface EndpointWithSecret {
  readonly endpoint: Endpoint;
  readonly signingSecret: string;
}

/** Makes an endpoint; see `EndpointService.create`. */
export async function createEndpoint(
  deps: EndpointServiceDeps,
  tenantId: string,
  createdBy: string,
  input: EndpointInput,
  idempotencyKey?: string,
): Promise<EndpointWithSecret> {
  requireEndpointInput(input);
  planAuth(input.auth);
  requireWebhookUrl(input.url, deps.urlRules);
  const order = { tenantId, requestedBy: createdBy, kind: 'webhook', idempotencyKey } as const;
  return createOnce(
    deps,
    { ...order, request: input },
    {
      newId: () => newestFirstId(deps.clock()),
      exists: async (id) => (await deps.endpoints.find(tenantId, id)) !== undefined,
      make: (id) => makeEndpoint(deps, { tenantId, id }, createdBy, input),
    },
  );
}

async function makeEndpoint(
  deps: EndpointServiceDeps,
  place: Pick<Endpoint, 'tenantId' | 'id'>,
  createdBy: string,
  input: EndpointInput,
): Promise<EndpointWithSecret> {
  const { tenantId } = place;
  await requireRoom(deps, tenantId, limits.webhookEndpointsMax - 1);
  await takeCall(deps.callBudgets, tenantId, deps.clock());
  const url = await requireAddress(deps, input.url);
  const auth = await requireAuthAddress(deps, input.auth);
  const signingSecret = input.secret ?? newSigningSecret();
  const made = { ...place, createdBy, url, events: eventsOf(input.events) };
  const endpoint = await sealEndpoint(deps, made, planAuth(auth), signingSecret);
  await insertWithinLimit(deps, endpoint);
  // A receiver that checks signatures can pass the challenge only once it has the secret.
  const mayBeAsked = input.secret !== undefined || isTrusted(deps, url);
  return {
    endpoint: mayBeAsked ? await tryChallenge(deps, endpoint) : endpoint,
    signingSecret,
  };
}

/** Trouble of ours must not cost the secret that is shown this once; the owner can ask again. */
async function tryChallenge(deps: EndpointServiceDeps, endpoint: Endpoint): Promise<Endpoint> {
  try {
    return await challenge(deps, endpoint);
  } catch (error) {
    const { tenantId, id: endpointId } = endpoint;
    deps.log.error('webhook challenge could not be sent', error, { tenantId, endpointId });
    return endpoint;
  }
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

async function sealEndpoint(
  { sealer, clock }: EndpointServiceDeps,
  made: Pick<Endpoint, 'tenantId' | 'id' | 'createdBy' | 'url' | 'events'>,
  { auth, authSecret }: AuthPlan,
  signingSecret: string,
): Promise<Endpoint> {
  const sealedSigningSecret = await sealSigningSecret(sealer, made, signingSecret);
  const sealedConsentCode = await sealConsentCode(sealer, made);
  const sealedAuthSecret = await sealAuthSecret(sealer, made, authSecret);
  return {
    ...made,
    auth,
    sealedSigningSecret,
    sealedConsentCode,
    ...(sealedAuthSecret === undefined ? {} : { sealedAuthSecret }),
    createdAt: clock(),
  };
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
