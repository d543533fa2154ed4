import { tenantRoute } from '../route.ts';
import { acceptExport } from './answer-export.ts';

export const retryExport = tenantRoute({
  name: 'retryExport',
  method: 'POST',
  path: 'v1/exports/{id}/retry',
  scope: 'exports:run',
  async handle({ principal, params, services, starter }) {
    const record = await services.exports.retry(principal.tenantId, params.id, starter);
    return acceptExport(services, record);
  },
});
