import { json } from '../answer.ts';
import { presentDelivery } from '../present/delivery.ts';
import { tenantRoute } from '../route.ts';

export const redeliverDelivery = tenantRoute({
  name: 'redeliverDelivery',
  method: 'POST',
  path: 'v1/deliveries/{id}/redeliver',
  scope: 'webhooks:write',
  audit: { action: 'webhook.redeliver', kind: 'act', target: { type: 'delivery', param: 'id' } },
  async handle({ principal, params, services, starter }) {
    const { tenantId } = principal;
    const delivery = await services.endpoints.redeliver(tenantId, params.id, starter);
    return json(202, presentDelivery(delivery));
  },
});
