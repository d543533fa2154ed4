import type { TenantStore } from '../tenants/tenant.ts';
import type { IssuerRules } from './issuer.ts';
import type { IssuerStore } from './issuer-store.ts';

export interface FindOwnerDeps {
  readonly tenants: Pick<TenantStore, 'find'>;
  readonly tenantIssuers: IssuerStore;
}

/** The one tenant that has this issuer for its own. */
export interface IssuerOwner {
  readonly tenantId: string;
  readonly rules: IssuerRules;
}

/** Undefined unless the pointer and the tenant's own record agree. */
export async function findOwner(
  { tenants, tenantIssuers }: FindOwnerDeps,
  issuer: string,
): Promise<IssuerOwner | undefined> {
  const tenantId = (await tenantIssuers.find(issuer))?.value;
  if (tenantId === undefined) return undefined;
  const tenant = await tenants.find(tenantId);
  const rules = tenant?.value.issuers?.find((own) => own.issuer === issuer);
  return rules && { tenantId, rules };
}
