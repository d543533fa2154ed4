import { type Mistake, SluiceError } from '../errors.ts';
import type { Residency } from '../tenants/residency.ts';
import type { Tenant, TenantStore } from '../tenants/tenant.ts';
import { claimIssuer, confirmIssuer, releaseIssuer, takenIssuer } from './claim-issuer.ts';
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
  const before = found.value.issuers ?? [];
  const names = issuers.map(({ issuer }) => issuer);
  for (const name of names) requireNotDeployments(deps, name);
  for (const name of names) await claimIssuer(deps, tenantId, name);
  const changed: Tenant = { ...found.value, issuers };
  await deps.tenants.update(changed, found.etag);
  await confirmAll(deps, changed, before);
  const dropped = before.filter(({ issuer }) => !names.includes(issuer));
  for (const { issuer } of dropped) await releaseIssuer(deps, tenantId, issuer);
  return changed;
}

/** Takes everything back when another tenant was faster with one of the new ones. */
async function confirmAll(
  deps: SetTenantIssuersDeps,
  { id, issuers = [] }: Tenant,
  before: readonly IssuerRules[],
): Promise<void> {
  const names = issuers.map(({ issuer }) => issuer);
  for (const name of names.filter((one) => before.every(({ issuer }) => issuer !== one))) {
    if (await confirmIssuer(deps, id, name)) continue;
    const stored = await deps.tenants.find(id);
    if (stored !== undefined) {
      await deps.tenants.update({ ...stored.value, issuers: before }, stored.etag);
    }
    throw takenIssuer(name);
  }
}

function requireNotDeployments({ issuers }: SetTenantIssuersDeps, issuer: string): void {
  if (issuers.some(({ rules }) => rules.issuer === issuer)) throw takenIssuer(issuer);
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
