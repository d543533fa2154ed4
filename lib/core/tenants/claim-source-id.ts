import { SluiceError } from '../errors.ts';
import type { SourceClaim, Tenant, TenantStore } from './tenant.ts';

/**
 * Gives the sourceId to this tenant alone. A claim whose tenant never came to be is taken over after five
 * minutes. Throws `already_exists`, which says how to let two tenants read the same rows.
 */
export async function claimSourceId(tenants: TenantStore, claim: SourceClaim): Promise<void> {
  const { value: held, etag } = await tenants.claimSourceId(claim);
  if (held.tenantId === claim.tenantId) return;
  const owner = await tenants.find(held.tenantId);
  const isLate = claim.claimedAt.getTime() - held.claimedAt.getTime() > takenOverAfterMs;
  const isIdle = owner === undefined ? isLate : owner.value.sourceId !== claim.sourceId;
  if (!isIdle) throw taken(held.tenantId);
  await tenants.replaceSourceClaim(claim, etag);
}

/** Makes sure that the tenant that is named reads these rows. Throws `invalid_body` when it does not. */
export async function requireSharing(
  tenants: Pick<TenantStore, 'find'>,
  { sourceId }: Pick<Tenant, 'sourceId'>,
  otherId: string,
): Promise<void> {
  const other = await tenants.find(otherId);
  if (other?.value.sourceId === sourceId) return;
  const message =
    'No tenant of this id has the same sourceId. Leave this out, or name one that has.';
  throw new SluiceError('invalid_body', {
    mistakes: [{ pointer: '/sharesSourceIdWith', message }],
  });
}

// Creating a tenant takes three calls of storage; none of them waits for as long as this.
const takenOverAfterMs = 300_000;

function taken(tenantId: string): SluiceError {
  return new SluiceError('already_exists', {
    message:
      `The tenant "${tenantId}" has this sourceId, so a second one would read its rows. Send another ` +
      `sourceId, or, if both are to read them, "sharesSourceIdWith": "${tenantId}".`,
  });
}
