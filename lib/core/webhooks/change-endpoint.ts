import { SluiceError } from '../errors.ts';
import type { DeliveryStarter } from '../exports/starter.ts';
import { type AuthPlan, planAuth } from './auth-input.ts';
import { takeCall } from './call-budget.ts';
import { catchUp } from './catch-up.ts';
import { sealConsentCode } from './consent-code.ts';
import type { Endpoint } from './endpoint.ts';
import { changeEndpoint, type EndpointServiceDeps, requireEndpoint } from './endpoint-deps.ts';
import { healthy } from './endpoint-health.ts';
import { type EndpointChange, eventsOf, requireEndpointInput } from './endpoint-input.ts';
import { openAuthSecret, sealAuthSecret } from './endpoint-secrets.ts';
import { requireAddress, requireAuthAddress } from './require-address.ts';
import { requireWebhookUrl } from './url-rules.ts';
import { challenge } from './verify-endpoint.ts';

/**
 * Changes what the caller sent and leaves the rest. Another address or proof needs the receiver's
 * consent anew, and is asked for it at once; see `EndpointService.change`.
 */
export async function updateEndpoint(
  deps: EndpointServiceDeps,
  tenantId: string,
  endpointId: string,
  input: EndpointChange,
  starter: DeliveryStarter,
): Promise<Endpoint> {
  requireEndpointInput(input);
  const before = await requireEndpoint(deps, tenantId, endpointId);
  const checked = await checkAddresses(deps, before, input);
  const changed = await changeEndpoint(deps, tenantId, endpointId, async (endpoint) => {
    const plan = withChoices(endpoint, input, deps.clock());
    return withAuth(deps, await withUrl(deps, plan, checked.url), checked, endpoint.url);
  });
  if (!checked.asksAnew || changed.verifiedAt !== undefined) return changed;
  const asked = await challenge(deps, changed);
  if (asked.verifiedAt !== undefined) await catchUp(deps, asked, starter);
  return asked;
}

/** What needs nobody's consent. A type of event that is new is listened to from now on. */
function withChoices(endpoint: Endpoint, input: EndpointChange, now: Date): Endpoint {
  const { signFirst } = input;
  const events = input.events === undefined ? endpoint.events : eventsOf(input.events);
  const added = events.filter((type) => !endpoint.events.includes(type));
  if (input.events === undefined && signFirst === undefined) return endpoint;
  const since = Object.fromEntries(added.map((type) => [type, now]));
  const eventsSince = { ...endpoint.eventsSince, ...since };
  return {
    ...endpoint,
    events,
    ...(Object.keys(eventsSince).length === 0 ? {} : { eventsSince }),
    ...(signFirst === undefined ? {} : { signFirst }),
  };
}

interface CheckedChange extends Pick<EndpointChange, 'url' | 'auth'> {
  readonly asksAnew: boolean;
}

/** Addresses that stay are not looked up; new ones count as a call of a person. */
async function checkAddresses(
  deps: EndpointServiceDeps,
  before: Endpoint,
  { url, auth }: EndpointChange,
): Promise<CheckedChange> {
  const moves = url !== undefined && requireWebhookUrl(url, deps.urlRules).href !== before.url;
  const asksAnew = moves || auth !== undefined;
  if (!asksAnew) return { asksAnew };
  await takeCall(deps.callBudgets, before.tenantId, deps.clock());
  return {
    asksAnew,
    ...(moves ? { url: await requireAddress(deps, url) } : {}),
    ...(auth === undefined ? {} : { auth: await requireAuthAddress(deps, auth) }),
  };
}

/** What the old address did wrong is not held against the new one. */
async function withUrl(
  deps: EndpointServiceDeps,
  endpoint: Endpoint,
  url: string | undefined,
): Promise<Endpoint> {
  if (url === undefined || url === endpoint.url) return endpoint;
  return { ...(await unverified(deps, healthy(endpoint))), url };
}

async function withAuth(
  deps: EndpointServiceDeps,
  endpoint: Endpoint,
  { auth }: CheckedChange,
  urlBefore: string,
): Promise<Endpoint> {
  const { sealer } = deps;
  const mustBeSent = wouldTell(endpoint.auth) && endpoint.url !== urlBefore;
  if (auth === undefined) {
    if (mustBeSent) throw secretIsMissing();
    return endpoint;
  }
  const authSecret = mustBeSent ? undefined : await openAuthSecret(sealer, endpoint);
  const kept: AuthPlan = { auth: endpoint.auth, authSecret };
  const plan = planAuth(auth, kept);
  const sealedAuthSecret = await sealAuthSecret(sealer, endpoint, plan.authSecret);
  const { sealedAuthSecret: sealedBefore, ...rest } = await unverified(deps, endpoint);
  return {
    ...rest,
    auth: plan.auth,
    ...(sealedAuthSecret === undefined ? {} : { sealedAuthSecret }),
  };
}

/**
 * Whoever may change an endpoint may not read its secrets; sending a kept one to an address of his
 * choice would be reading it. Another path is another address: hosts that many share (Zapier, a
 * cloud's functions) tell their customers apart by nothing else. What only signs tells nobody anything.
 */
function wouldTell({ kind }: Endpoint['auth']): boolean {
  return kind !== 'none' && kind !== 'lakeside';
}

function secretIsMissing(): SluiceError {
  const message =
    'Send the authentication with its secret too: a secret stays with the URL that it was given for.';
  return new SluiceError('invalid_body', { mistakes: [{ pointer: '/auth', message }] });
}

/** Nothing is proven of the new address yet, and the old one's code proves nothing about it. */
async function unverified({ sealer }: EndpointServiceDeps, endpoint: Endpoint): Promise<Endpoint> {
  const { verifiedAt, verifiedBy, lastChallenge, ...rest } = endpoint;
  return { ...rest, sealedConsentCode: await sealConsentCode(sealer, endpoint) };
}
