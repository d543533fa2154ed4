import type { WebhookEnabledAnswer } from '../../../lib/api/webhooks.ts';
import { json } from '../answer.ts';
import { presentWebhook } from '../present/webhook.ts';
import { tenantRoute } from '../route.ts';

export const enableWebhook = tenantRoute({
  name: 'enableWebhook',
  method: 'POST',
  path: 'v1/webhooks/{id}/enable',
  scope: 'webhooks:write',
  audit: { action: 'webhook.enable', kind: 'act', target: { type: 'webhook', param: 'id' } },
  async handle({ principal, params, services, starter }) {
    const { tenantId } = principal;
    const { endpoint, caughtUp } = await services.endpoints.enable(tenantId, params.id, starter);
    const answer: WebhookEnabledAnswer = { ...presentWebhook(endpoint), caughtUp };
    return json(200, answer);
  },
});
