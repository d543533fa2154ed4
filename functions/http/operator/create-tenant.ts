import { createTenantBody } from '../../../lib/api/operator.ts';
import { json, replayed } from '../answer.ts';
import { presentTenant } from '../present/tenant.ts';
import { operatorRoute } from '../route.ts';

export const createTenant = operatorRoute({
  name: 'createTenant',
  method: 'POST',
  path: 'v1/operator/tenants',
  scope: 'operator',
  audit: { action: 'tenant.create', kind: 'act', target: { type: 'tenant' } },
  body: createTenantBody,
  async handle({ body, request, services }) {
    const { tenant, isReplay } = await services.tenants.create(body, request.idempotencyKey);
    const answer = json(201, presentTenant(tenant), {
      location: `/api/v1/operator/tenants/${tenant.id}`,
    });
    return isReplay ? replayed(answer) : answer;
  },
});
