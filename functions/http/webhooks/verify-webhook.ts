import { verifyWebhookBody, type WebhookVerifiedAnswer } from '../../../lib/api/webhooks.ts';
import { json, noted } from '../answer.ts';
import { presentWebhook } from '../present/webhook.ts';
import { tenantRoute } from '../route.ts';

export const verifyWebhook = tenantRoute({
  name: 'verifyWebhook',
  method: 'POST',
  path: 'v1/webhooks/{id}/verify',
  scope: 'webhooks:write',
  audit: { action: 'webhook.verify', kind: 'act', target: { type: 'webhook', param: 'id' } },
  body: verifyWebhookBody,
  bodyOptional: true,
  async handle({ principal, params, body, services, starter }) {
    const { tenantId } = principal;
    const verified = await services.endpoints.verify(tenantId, params.id, body, starter);
    const { endpoint, caughtUp, error } = verified;
    const answer: WebhookVerifiedAnswer = { ...presentWebhook(endpoint), caughtUp };
    return noted(
      json(200, answer),
      error === undefined ? {} : { failed: true, details: { reason: error } },
    );
  },
});
