import type { TenantAnswer } from '../../../lib/api/operator.ts';
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
  };
}
