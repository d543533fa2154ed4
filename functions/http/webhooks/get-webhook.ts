import { SluiceError } from '../../../lib/core/errors.ts';
import { json } from '../answer.ts';
import { presentWebhook } from '../present/webhook.ts';
import { tenantRoute } from '../route.ts';

export const getWebhook = tenantRoute({
  name: 'getWebhook',
  method: 'GET',
  path: 'v1/webhooks/{id}',
  scope: 'webhooks:write',
  async handle({ principal, params, services }) {
    const endpoint = await services.endpoints.find(principal.tenantId, params.id);
    if (endpoint === undefined) throw new SluiceError('not_found');
    return json(200, presentWebhook(endpoint));
  },
});
