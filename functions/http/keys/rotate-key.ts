import { rotateKeyBody } from '../../../lib/api/keys.ts';
import { json, noted } from '../answer.ts';
import { presentRotatedKey } from '../present/key.ts';
import { tenantRoute } from '../route.ts';

export const rotateKey = tenantRoute({
  name: 'rotateKey',
  method: 'POST',
  path: 'v1/keys/{id}/rotate',
  scope: 'keys:write',
  ownKeyParam: 'id',
  freshSignIn: 'always',
  audit: { action: 'key.rotate', kind: 'act', target: { type: 'key', param: 'id' } },
  body: rotateKeyBody,
  bodyOptional: true,
  async handle({ principal, params, body, services, starter }) {
    const wish = { keyId: params.id, ...body };
    const rotated = await services.keys.rotate(principal, wish, starter);
    const details = { newKeyId: rotated.record.id };
    return noted(json(201, presentRotatedKey(rotated)), { details });
  },
});
