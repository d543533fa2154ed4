import { json } from '../answer.ts';
import { presentWebhook } from '../present/webhook.ts';
import { tenantRoute } from '../route.ts';

export const verifyWebhook = tenantRoute({
  name: 'verifyWebhook',
  method: 'POST',
  path: 'v1/webhooks/{id}/verify',
  scope: 'webhooks:write',
  audit: { action: 'webhook.verify', kind: 'act', target: { type: 'webhook', param: 'id' } },
  async handle({ principal, params, services }) {
    const endpoint = await services.endpoints.verify(principal.tenantId, params.id);
    return json(200, presentWebhook(endpoint));
  },
});
