import { tenantRoute } from '../route.ts';
import { acceptExport } from './answer-export.ts';

export const cancelExport = tenantRoute({
  name: 'cancelExport',
  method: 'POST',
  path: 'v1/exports/{id}/cancel',
  scope: 'exports:run',
  audit: { action: 'export.cancel', kind: 'act', target: { type: 'export', param: 'id' } },
  async handle({ principal, params, services }) {
    return acceptExport(services, principal, await services.exports.cancel(principal, params.id));
  },
});
