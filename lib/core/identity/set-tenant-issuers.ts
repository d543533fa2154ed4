import { type Mistake, SluiceError } from '../errors.ts';
import type { Residency } from '../tenants/residency.ts';
import type { Tenant, TenantStore } from '../tenants/tenant.ts';
import { findOwner } from './find-owner.ts';
import type { IssuerRules, SettingsIssuer } from './issuer.ts';
import { issuerMistakes } from './issuer-mistakes.ts';
import type { IssuerStore } from './issuer-store.ts';
import type { ProviderUrlOptions } from './provider-url.ts';

export interface SetTenantIssuersDeps extends ProviderUrlOptions {
  readonly tenants: TenantStore;
  readonly tenantIssuers: IssuerStore;
  /** The deployment's own; no tenant can have one of them. */
  readonly issuers: readonly SettingsIssuer[];
  readonly residency: Pick<Residency, 'requireHere'>;
}

/**
 * Replaces the tenant's own issuers, which speak for this tenant alone. Throws `invalid_body` with
 * every mistake, `not_found`, `wrong_region`, `already_exists` when another tenant or the deployment
 * has one of them, and `changed_meanwhile`.
 */
export async function setTenantIssuers(
  deps: SetTenantIssuersDeps,
  tenantId: string,
  issuers: readonly IssuerRules[],
): Promise<Tenant> {
  const mistakes = mistakesOf(deps, issuers);
  if (mistakes.length > 0) throw new SluiceError('invalid_body', { mistakes });
  const found = await deps.tenants.find(tenantId);
  if (found === undefined) {
    throw new SluiceError('not_found', { message: 'There is no tenant with this id.' });
  }
  deps.residency.requireHere(found.value);
  const names = issuers.map(({ issuer }) => issuer);
  for (const issuer of names) await requireFree(deps, tenantId, issuer);
  // A claim means nothing until the tenant's own row names the issuer too, so a crash opens nothing.
  for (const issuer of names) await deps.tenantIssuers.claim(issuer, tenantId);
  const changed: Tenant = { ...found.value, issuers };
  await deps.tenants.update(changed, found.etag);
  const dropped = (found.value.issuers ?? []).filter(({ issuer }) => !names.includes(issuer));
  for (const { issuer } of dropped) await deps.tenantIssuers.release(issuer, tenantId);
  return changed;
}

function mistakesOf(
  options: ProviderUrlOptions,
  issuers: readonly IssuerRules[],
): readonly Mistake[] {
  return issuers.flatMap((_, index) =>
    issuerMistakes(issuers, index, options).map(({ field, what }) => ({
      pointer: `/issuers/${index}/${field}`,
      message: `This ${what}.`,
    })),
  );
}

async function requireFree(
  deps: SetTenantIssuersDeps,
  tenantId: string,
  issuer: string,
): Promise<void> {
  const isDeployments = deps.issuers.some(({ rules }) => rules.issuer === issuer);
  const owner = await findOwner(deps, issuer);
  if (!isDeployments && (owner === undefined || owner.tenantId === tenantId)) return;
  throw new SluiceError('already_exists', {
    message: `The issuer ${issuer} speaks for somebody else already.`,
  });
}
