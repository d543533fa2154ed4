import { updateWebhookBody } from '../../../lib/api/webhooks.ts';
import { json } from '../answer.ts';
import { presentWebhook } from '../present/webhook.ts';
import { tenantRoute } from '../route.ts';

export const updateWebhook = tenantRoute({
  name: 'updateWebhook',
  method: 'PATCH',
  path: 'v1/webhooks/{id}',
  scope: 'webhooks:write',
  freshSignIn: ['auth'],
  audit: { action: 'webhook.change', kind: 'act', target: { type: 'webhook', param: 'id' } },
  body: updateWebhookBody,
  bodyOptional: true,
  async handle({ principal, params, body, services, starter }) {
    const { tenantId } = principal;
    const endpoint = await services.endpoints.change(tenantId, params.id, body, starter);
    return json(200, presentWebhook(endpoint));
  },
});
