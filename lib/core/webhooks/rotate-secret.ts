import type { EndpointWithSecret } from './create-endpoint.ts';
import type { SignFirst } from './endpoint.ts';
import { changeEndpoint, type EndpointServiceDeps } from './endpoint-deps.ts';
import { requireEndpointInput } from './endpoint-input.ts';
import { sealSigningSecret } from './endpoint-secrets.ts';
import { newSigningSecret } from './signature.ts';

export interface SecretRotation {
  /** How long both secrets sign; 0 to `limits.webhookOverlapHoursMax`. */
  readonly overlapHours: number;
  /** A signing secret that the caller brings; absent: a new one of ours. */
  readonly secret?: string | undefined;
  /** Whose signature comes first in the overlap; absent: the new one's. */
  readonly signFirst?: SignFirst | undefined;
}

/**
 * Gives the endpoint a new signing secret; the one in force until now signs beside it for the
 * overlap. An older one that was still in its overlap ends at once.
 */
export async function rotateSecret(
  deps: EndpointServiceDeps,
  tenantId: string,
  endpointId: string,
  { overlapHours, secret, signFirst = 'new' }: SecretRotation,
): Promise<EndpointWithSecret> {
  requireEndpointInput({ secret });
  const signingSecret = secret ?? newSigningSecret();
  const previousSecretUntil = new Date(deps.clock().getTime() + overlapHours * 3_600_000);
  const endpoint = await changeEndpoint(deps, tenantId, endpointId, async (found) => {
    const { sealedPreviousSecret, previousSecretUntil: until, signFirst: order, ...rest } = found;
    const sealedSigningSecret = await sealSigningSecret(deps.sealer, found, signingSecret);
    const kept = {
      sealedPreviousSecret: found.sealedSigningSecret,
      previousSecretUntil,
      signFirst,
    };
    return { ...rest, sealedSigningSecret, ...(overlapHours === 0 ? {} : kept) };
  });
  return { endpoint, signingSecret };
}
