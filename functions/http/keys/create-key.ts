import { createKeyBody } from '../../../lib/api/keys.ts';
import { json, noted } from '../answer.ts';
import { presentCreatedKey } from '../present/key.ts';
import { tenantRoute } from '../route.ts';

export const createKey = tenantRoute({
  name: 'createKey',
  method: 'POST',
  path: 'v1/keys',
  scope: 'keys:write',
  freshSignIn: 'always',
  audit: { action: 'key.create', kind: 'act', target: { type: 'key' } },
  body: createKeyBody,
  async handle({ principal, body, request, services, starter }) {
    const { idempotencyKey } = request;
    const once = idempotencyKey === undefined ? {} : { idempotencyKey };
    const wish = { tenantId: principal.tenantId, ...body, ...once };
    const made = await services.keys.create(principal, wish, starter);
    return noted(json(201, presentCreatedKey(made)), { targetId: made.record.id });
  },
});
