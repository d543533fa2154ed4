import { pageQuery } from '../../../lib/api/page.ts';
import { json } from '../answer.ts';
import { presentDelivery } from '../present/delivery.ts';
import { pageRequestOf, presentPage } from '../present/page.ts';
import { tenantRoute } from '../route.ts';

export const listDeliveries = tenantRoute({
  name: 'listDeliveries',
  method: 'GET',
  path: 'v1/webhooks/{id}/deliveries',
  scope: 'webhooks:write',
  query: pageQuery,
  async handle({ principal, params, query, services }) {
    const request = pageRequestOf(query);
    const page = await services.endpoints.listDeliveries(principal.tenantId, params.id, request);
    return json(200, presentPage(page, presentDelivery));
  },
});
