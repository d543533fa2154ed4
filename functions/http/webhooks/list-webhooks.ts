import { json } from '../answer.ts';
import { presentWebhook } from '../present/webhook.ts';
import { tenantRoute } from '../route.ts';

export const listWebhooks = tenantRoute({
  name: 'listWebhooks',
  method: 'GET',
  path: 'v1/webhooks',
  scope: 'webhooks:write',
  async handle({ principal, services }) {
    const endpoints = await services.endpoints.list(principal.tenantId);
    return json(200, { items: endpoints.map(presentWebhook) });
  },
});
