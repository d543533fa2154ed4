import { takeCall } from './call-budget.ts';
import { askConsent } from './consent.ts';
import type { Endpoint } from './endpoint.ts';
import { changeEndpoint, type EndpointServiceDeps, requireEndpoint } from './endpoint-deps.ts';

/** Sends the challenge, whether or not it was answered before; returns the row as it is then. */
export async function verifyEndpoint(
  deps: EndpointServiceDeps,
  tenantId: string,
  endpointId: string,
): Promise<Endpoint> {
  const endpoint = await requireEndpoint(deps, tenantId, endpointId);
  await takeCall(deps.callBudgets, tenantId, deps.clock());
  return challenge(deps, endpoint);
}

/**
 * Asks the receiver for its consent once and notes it down. Consent counts for the address and the
 * proof that it was asked with: when either was changed meanwhile, it is not noted.
 */
export async function challenge(deps: EndpointServiceDeps, asked: Endpoint): Promise<Endpoint> {
  if (!(await askConsent(deps, asked))) return asked;
  const verifiedAt = deps.clock();
  return changeEndpoint(deps, asked.tenantId, asked.id, (found) => {
    const same = found.url === asked.url && found.sealedAuthSecret === asked.sealedAuthSecret;
    if (!same || JSON.stringify(found.auth) !== JSON.stringify(asked.auth)) return found;
    const { unverifiedAttemptAt, ...rest } = found;
    return { ...rest, verifiedAt };
  });
}
