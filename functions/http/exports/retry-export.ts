import { tenantRoute } from '../route.ts';
import { acceptExport } from './answer-export.ts';

export const retryExport = tenantRoute({
  name: 'retryExport',
  method: 'POST',
  path: 'v1/exports/{id}/retry',
  scope: 'exports:run',
  audit: { action: 'export.retry', kind: 'act', target: { type: 'export', param: 'id' } },
  async handle({ principal, params, services, starter }) {
    const record = await services.exports.retry(principal, params.id, starter);
    return acceptExport(services, principal, record);
  },
});
