import { tenantRoute } from '../route.ts';
import { acceptExport } from './answer-export.ts';

export const cancelExport = tenantRoute({
  name: 'cancelExport',
  method: 'POST',
  path: 'v1/exports/{id}/cancel',
  scope: 'exports:run',
  async handle({ principal, params, services }) {
    return acceptExport(services, await services.exports.cancel(principal.tenantId, params.id));
  },
});
