import { updateTenantBody } from '../../../lib/api/tenant-issuers.ts';
import { json } from '../answer.ts';
import { presentTenant } from '../present/tenant.ts';
import { operatorRoute } from '../route.ts';

export const updateTenant = operatorRoute({
  name: 'updateTenant',
  method: 'PATCH',
  path: 'v1/operator/tenants/{id}',
  scope: 'operator',
  audit: {
    action: 'tenant.change',
    kind: 'act',
    target: { type: 'tenant', param: 'id' },
    tenantParam: 'id',
  },
  body: updateTenantBody,
  async handle({ params, body, services }) {
    return json(200, presentTenant(await services.tenants.setIssuers(params.id, body.issuers)));
  },
});
