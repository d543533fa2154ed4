import { json } from '../answer.ts';
import { presentTables } from '../present/tables.ts';
import { tenantRoute } from '../route.ts';

export const listTables = tenantRoute({
  name: 'listTables',
  method: 'GET',
  path: 'v1/tables',
  scope: 'exports:read',
  async handle({ principal, services }) {
    const { sourceId } = await services.tenants.get(principal.tenantId);
    const views = await services.describeTables(sourceId);
    return json(200, presentTables(views, services.catalog.excluded));
  },
});
