import { auditQuery } from '../../../lib/api/audit.ts';
import { tenantRoute } from '../route.ts';
import { answerAuditPage } from './answer-audit.ts';

/** K9: a tenant's own log. */
export const listAudit = tenantRoute({
  name: 'listAudit',
  method: 'GET',
  path: 'v1/audit',
  scope: 'audit:read',
  throttle: 'audit',
  audit: { action: 'audit.read', kind: 'read', target: { type: 'audit' } },
  query: auditQuery,
  async handle({ principal, query, request, services }) {
    const { accept } = request;
    const order = { chain: principal.tenantId, path: 'v1/audit', query, accept };
    return answerAuditPage(services, order);
  },
});
