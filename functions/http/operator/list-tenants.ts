import { pageQuery } from '../../../lib/api/page.ts';
import { json } from '../answer.ts';
import { pageRequestOf, presentPage } from '../present/page.ts';
import { presentTenant } from '../present/tenant.ts';
import { operatorRoute } from '../route.ts';

export const listTenants = operatorRoute({
  name: 'listTenants',
  method: 'GET',
  path: 'v1/operator/tenants',
  scope: 'operator',
  query: pageQuery,
  async handle({ query, services }) {
    const page = await services.tenants.list(pageRequestOf(query));
    return json(200, presentPage(page, presentTenant));
  },
});
