import { createWebhookBody, type WebhookCreatedAnswer } from '../../../lib/api/webhooks.ts';
import { principalName } from '../../../lib/core/principal.ts';
import { json } from '../answer.ts';
import { presentWebhook } from '../present/webhook.ts';
import { tenantRoute } from '../route.ts';

export const createWebhook = tenantRoute({
  name: 'createWebhook',
  method: 'POST',
  path: 'v1/webhooks',
  scope: 'webhooks:write',
  audit: { action: 'webhook.create', kind: 'act', target: { type: 'webhook' } },
  body: createWebhookBody,
  async handle({ principal, body, request, services }) {
    const createdBy = principalName(principal);
    const { idempotencyKey } = request;
    const { tenantId } = principal;
    const made = await services.endpoints.create(tenantId, createdBy, body, idempotencyKey);
    const answer: WebhookCreatedAnswer = {
      ...presentWebhook(made.endpoint),
      secret: made.signingSecret,
    };
    return json(201, answer, { location: `/api/v1/webhooks/${answer.id}` });
  },
});
