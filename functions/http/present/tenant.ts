import type { TenantAnswer } from '../../../lib/api/operator.ts';
import type { IssuerRules } from '../../../lib/core/identity/issuer.ts';
import type { Tenant } from '../../../lib/core/tenants/tenant.ts';

/** A tenant without its data key. */
export function presentTenant(tenant: Tenant): TenantAnswer {
  return {
    id: tenant.id,
    name: tenant.name,
    region: tenant.region,
    sourceId: tenant.sourceId,
    contact: tenant.contact,
    createdAt: tenant.createdAt.toISOString(),
    issuers: tenant.issuers?.map(presentIssuer),
  };
}

function presentIssuer(rules: IssuerRules): NonNullable<TenantAnswer['issuers']>[number] {
  const { authorizedParties, ...rest } = rules;
  return {
    ...rest,
    algorithms: [...rules.algorithms],
    ...(authorizedParties === undefined ? {} : { authorizedParties: [...authorizedParties] }),
  };
}
