import { verifyQuery } from '../../../lib/api/audit.ts';
import { tenantRoute } from '../route.ts';
import { answerVerdict } from './answer-audit.ts';

/** K9: reads the tenant's chain, a page at a time, and says whether it holds. */
export const verifyAudit = tenantRoute({
  name: 'verifyAudit',
  method: 'GET',
  path: 'v1/audit/verify',
  scope: 'audit:read',
  throttle: 'audit',
  audit: { action: 'audit.verify', kind: 'read', target: { type: 'audit' } },
  query: verifyQuery,
  async handle({ query, principal, services }) {
    return answerVerdict(services, principal.tenantId, query);
  },
});
