import { rotateSecretBody, type WebhookCreatedAnswer } from '../../../lib/api/webhooks.ts';
import { limits } from '../../../lib/core/limits.ts';
import { json } from '../answer.ts';
import { presentWebhook } from '../present/webhook.ts';
import { tenantRoute } from '../route.ts';

export const rotateWebhookSecret = tenantRoute({
  name: 'rotateWebhookSecret',
  method: 'POST',
  path: 'v1/webhooks/{id}/rotate-secret',
  scope: 'webhooks:write',
  freshSignIn: 'always',
  audit: { action: 'webhook.rotate_secret', kind: 'act', target: { type: 'webhook', param: 'id' } },
  body: rotateSecretBody,
  bodyOptional: true,
  async handle({ principal, params, body, services }) {
    const { overlapHours = limits.webhookOverlapHoursDefault, secret, signFirst } = body;
    const rotation = { overlapHours, secret, signFirst };
    const rotated = await services.endpoints.rotateSecret(principal.tenantId, params.id, rotation);
    const answer: WebhookCreatedAnswer = {
      ...presentWebhook(rotated.endpoint),
      secret: rotated.signingSecret,
    };
    return json(200, answer);
  },
});
