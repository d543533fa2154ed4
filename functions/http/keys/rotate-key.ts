import { rotateKeyBody } from '../../../lib/api/keys.ts';
import { json } from '../answer.ts';
import { presentRotatedKey } from '../present/key.ts';
import { tenantRoute } from '../route.ts';

export const rotateKey = tenantRoute({
  name: 'rotateKey',
  method: 'POST',
  path: 'v1/keys/{id}/rotate',
  scope: 'keys:write',
  freshSignIn: 'always',
  audit: { action: 'key.rotate', kind: 'act', target: { type: 'key', param: 'id' } },
  body: rotateKeyBody,
  bodyOptional: true,
  async handle({ principal, params, body, services }) {
    const rotated = await services.keys.rotate(principal, { keyId: params.id, ...body });
    return json(201, presentRotatedKey(rotated));
  },
});
