import { noContent } from '../answer.ts';
import { tenantRoute } from '../route.ts';

export const deleteWebhook = tenantRoute({
  name: 'deleteWebhook',
  method: 'DELETE',
  path: 'v1/webhooks/{id}',
  scope: 'webhooks:write',
  audit: { action: 'webhook.delete', kind: 'act', target: { type: 'webhook', param: 'id' } },
  async handle({ principal, params, services }) {
    await services.endpoints.remove(principal.tenantId, params.id);
    return noContent;
  },
});
