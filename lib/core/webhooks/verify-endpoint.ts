import { SluiceError } from '../errors.ts';
import type { DeliveryStarter } from '../exports/starter.ts';
import { takeCall } from './call-budget.ts';
import { catchUp } from './catch-up.ts';
import { askConsent } from './consent.ts';
import { isConsentCode, openConsentCode } from './consent-code.ts';
import type { DeliveryError } from './delivery-error.ts';
import type { ConsentProof, Endpoint } from './endpoint.ts';
import { changeEndpoint, type EndpointServiceDeps, requireEndpoint } from './endpoint-deps.ts';

export interface VerifiedEndpoint {
  /** The row as it is then; without `verifiedAt` when nothing is proven. */
  readonly endpoint: Endpoint;
  /** Why the challenge of this call failed. */
  readonly error?: DeliveryError | undefined;
  /** Deliveries that had waited for the proof, or were given up without it, and were started. */
  readonly caughtUp: number;
}

/**
 * Proves that the receiver wants webhooks, and sends what has waited for that: with the code that its
 * owner read there, else by the operator's word for the host, else by a challenge. Throws
 * `webhook_code_wrong`.
 */
export async function verifyEndpoint(
  deps: EndpointServiceDeps,
  tenantId: string,
  endpointId: string,
  { code }: { readonly code?: string | undefined },
  starter: DeliveryStarter,
): Promise<VerifiedEndpoint> {
  const asked = await requireEndpoint(deps, tenantId, endpointId);
  // Guesses count too, and the challenge is a call at somebody's door.
  await takeCall(deps.callBudgets, tenantId, deps.clock());
  const endpoint =
    code === undefined ? await challenge(deps, asked) : await confirm(deps, asked, code);
  const error = code === undefined ? endpoint.lastChallenge?.error : undefined;
  if (endpoint.verifiedAt === undefined) return { endpoint, error, caughtUp: 0 };
  return { endpoint, error, caughtUp: await catchUp(deps, endpoint, starter) };
}

/**
 * Asks the receiver for its consent once and notes down how it went; on a host that the operator
 * vouches for there is nothing to ask.
 */
export async function challenge(deps: EndpointServiceDeps, asked: Endpoint): Promise<Endpoint> {
  if (isTrusted(deps, asked.url)) return prove(deps, asked, 'operator');
  const { at, status, error } = await askConsent(deps, asked);
  if (error === undefined) return prove(deps, asked, 'challenge');
  const lastChallenge = { at, error, ...(status === undefined ? {} : { status }) };
  return changeSameAddress(deps, asked, (found) => ({ ...found, lastChallenge }));
}

/** True on a host whose owner the operator knows to want the webhooks that come to it. */
export function isTrusted(
  { trustedHosts }: Pick<EndpointServiceDeps, 'trustedHosts'>,
  url: string,
): boolean {
  return trustedHosts.includes(new URL(url).hostname);
}

async function confirm(
  deps: EndpointServiceDeps,
  asked: Endpoint,
  code: string,
): Promise<Endpoint> {
  if (isConsentCode(code, await openConsentCode(deps.sealer, asked))) {
    return prove(deps, asked, 'code');
  }
  throw new SluiceError('webhook_code_wrong', {
    message:
      'This is not the code of the present URL. Read it where the newest webhook arrived: `verificationCode` of an event or a test, `challenge` of webhook.validation. POST /api/v1/webhooks/{id}/test sends one.',
  });
}

function prove(
  deps: EndpointServiceDeps,
  asked: Endpoint,
  verifiedBy: ConsentProof,
): Promise<Endpoint> {
  const verifiedAt = deps.clock();
  return changeSameAddress(deps, asked, (found) => {
    const { unverifiedAttemptAt, lastChallenge, ...rest } = found;
    return { ...rest, verifiedAt, verifiedBy };
  });
}

/**
 * A proof counts for the address that it was asked with, and that one's code: when another was set
 * meanwhile, nothing is noted.
 */
function changeSameAddress(
  deps: EndpointServiceDeps,
  asked: Endpoint,
  change: (found: Endpoint) => Endpoint,
): Promise<Endpoint> {
  return changeEndpoint(deps, asked.tenantId, asked.id, (found) =>
    found.sealedConsentCode === asked.sealedConsentCode ? change(found) : found,
  );
}
