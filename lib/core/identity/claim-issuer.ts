import { SluiceError } from '../errors.ts';
import type { FindOwnerDeps } from './find-owner.ts';

/*
 * Two tenants must not get one issuer, whoever asks at once and wherever somebody dies. A tenant claims
 * the pointer, names the issuer in its own row, and claims the pointer once more. A pointer to a tenant
 * whose row does not name the issuer is left by somebody who died, or who is between the first two
 * steps, and may be taken over as it was read. So whoever takes it over late finds it changed, and
 * whoever lost it in between finds out by the last step.
 */

/** The first step. Throws `already_exists` when another tenant has the issuer, `changed_meanwhile`. */
export async function claimIssuer(
  { tenants, tenantIssuers }: FindOwnerDeps,
  tenantId: string,
  issuer: string,
): Promise<void> {
  const pointer = await tenantIssuers.find(issuer);
  if (pointer?.value === tenantId) return;
  if (pointer !== undefined) {
    const other = await tenants.find(pointer.value);
    if (other?.value.issuers?.some((own) => own.issuer === issuer)) throw takenIssuer(issuer);
  }
  if (await tenantIssuers.claim(issuer, tenantId, pointer?.etag)) return;
  throw new SluiceError('changed_meanwhile', {
    message: `Somebody else asks for the issuer ${issuer} at the same moment. Look who has it now.`,
  });
}

/** The last step: true when the issuer is this tenant's for good. */
export async function confirmIssuer(
  { tenantIssuers }: Pick<FindOwnerDeps, 'tenantIssuers'>,
  tenantId: string,
  issuer: string,
): Promise<boolean> {
  const pointer = await tenantIssuers.find(issuer);
  return pointer?.value === tenantId && (await tenantIssuers.claim(issuer, tenantId, pointer.etag));
}

export async function releaseIssuer(
  { tenantIssuers }: Pick<FindOwnerDeps, 'tenantIssuers'>,
  tenantId: string,
  issuer: string,
): Promise<void> {
  const pointer = await tenantIssuers.find(issuer);
  if (pointer?.value === tenantId) await tenantIssuers.release(issuer, pointer.etag);
}

export function takenIssuer(issuer: string): SluiceError {
  return new SluiceError('already_exists', {
    message: `The issuer ${issuer} speaks for somebody else already.`,
  });
}
