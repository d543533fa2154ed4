import { seesTable } from '../../../lib/core/labels/sees-table.ts';
import { visibleCatalog } from '../../../lib/core/labels/visible-catalog.ts';
import { json } from '../answer.ts';
import { presentTables } from '../present/tables.ts';
import { tenantRoute } from '../route.ts';

export const listTables = tenantRoute({
  name: 'listTables',
  method: 'GET',
  path: 'v1/tables',
  scope: 'exports:read',
  throttle: 'tables',
  async handle({ principal, services }) {
    const { sourceId } = await services.tenants.get(principal.tenantId);
    const views = await services.describeTables(sourceId);
    const seen = views.filter(({ table }) => seesTable(principal, table));
    return json(200, presentTables(seen, visibleCatalog(services.catalog, principal).excluded));
  },
});
