import { createKeyBody } from '../../../lib/api/keys.ts';
import { json, noted } from '../answer.ts';
import { presentCreatedKey } from '../present/key.ts';
import { operatorRoute } from '../route.ts';

export const createTenantKey = operatorRoute({
  name: 'createTenantKey',
  method: 'POST',
  path: 'v1/operator/tenants/{id}/keys',
  scope: 'operator',
  audit: { action: 'key.create', kind: 'act', target: { type: 'key' }, tenantParam: 'id' },
  body: createKeyBody,
  async handle({ principal, params, body, request, services, starter }) {
    const { idempotencyKey } = request;
    const once = idempotencyKey === undefined ? {} : { idempotencyKey };
    const wish = { tenantId: params.id, ...body, ...once };
    const made = await services.keys.create(principal, wish, starter);
    return noted(json(201, presentCreatedKey(made)), { targetId: made.record.id });
  },
});
