import type { WebhookTestAnswer } from '../../../lib/api/webhooks.ts';
import { json } from '../answer.ts';
import { presentDelivery } from '../present/delivery.ts';
import { tenantRoute } from '../route.ts';

export const testWebhook = tenantRoute({
  name: 'testWebhook',
  method: 'POST',
  path: 'v1/webhooks/{id}/test',
  scope: 'webhooks:write',
  audit: { action: 'webhook.test', kind: 'act', target: { type: 'webhook', param: 'id' } },
  async handle({ principal, params, services }) {
    const tested = await services.endpoints.test(principal.tenantId, params.id);
    const answer: WebhookTestAnswer = {
      verified: tested.endpoint.verifiedAt !== undefined,
      delivery: presentDelivery(tested.delivery),
    };
    return json(200, answer);
  },
});
