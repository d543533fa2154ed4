import { noContent } from '../answer.ts';
import { tenantRoute } from '../route.ts';

export const revokeKey = tenantRoute({
  name: 'revokeKey',
  method: 'DELETE',
  path: 'v1/keys/{id}',
  scope: 'keys:write',
  audit: { action: 'key.revoke', kind: 'act', target: { type: 'key', param: 'id' } },
  async handle({ principal, params, services }) {
    await services.keys.revoke(principal, params.id);
    return noContent;
  },
});
