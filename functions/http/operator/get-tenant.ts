import { json } from '../answer.ts';
import { presentTenant } from '../present/tenant.ts';
import { operatorRoute } from '../route.ts';

export const getTenant = operatorRoute({
  name: 'getTenant',
  method: 'GET',
  path: 'v1/operator/tenants/{id}',
  scope: 'operator',
  async handle({ params, services }) {
    return json(200, presentTenant(await services.tenants.get(params.id)));
  },
});
