import { createKeyBody } from '../../../lib/api/operator.ts';
import { ownerScopes, principalName } from '../../../lib/core/principal.ts';
import { json } from '../answer.ts';
import { presentCreatedKey } from '../present/created-key.ts';
import { operatorRoute } from '../route.ts';

export const createKey = operatorRoute({
  name: 'createKey',
  method: 'POST',
  path: 'v1/operator/tenants/{id}/keys',
  scope: 'operator',
  body: createKeyBody,
  async handle({ principal, params, body, services }) {
    const made = await services.keys.create({
      tenantId: params.id,
      createdBy: principalName(principal),
      scopes: ownerScopes,
      ...body,
    });
    return json(201, presentCreatedKey(made));
  },
});
