import { tenantRoute } from '../route.ts';
import { answerExport } from './answer-export.ts';

export const getExport = tenantRoute({
  name: 'getExport',
  method: 'GET',
  path: 'v1/exports/{id}',
  scope: 'exports:read',
  async handle({ principal, params, services }) {
    const details = await services.exports.get(principal, params.id);
    return answerExport(200, details, services.clock());
  },
});
