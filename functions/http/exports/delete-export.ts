import { principalName } from '../../../lib/core/principal.ts';
import { tenantRoute } from '../route.ts';
import { acceptExport } from './answer-export.ts';

export const deleteExport = tenantRoute({
  name: 'deleteExport',
  method: 'DELETE',
  path: 'v1/exports/{id}',
  scope: 'exports:delete',
  freshSignIn: 'always',
  audit: { action: 'export.delete', kind: 'act', target: { type: 'export', param: 'id' } },
  async handle({ principal, params, services, starter }) {
    const requestedBy = principalName(principal);
    const record = await services.exports.remove(principal, params.id, requestedBy, starter);
    return acceptExport(services, principal, record);
  },
});
