import { auditQuery } from '../../../lib/api/audit.ts';
import { operatorChain } from '../../../lib/core/audit/audit-event.ts';
import { operatorRoute } from '../route.ts';
import { answerAuditPage } from './answer-audit.ts';

/** The operator's own log; a tenant's is the tenant's. */
export const listOperatorAudit = operatorRoute({
  name: 'listOperatorAudit',
  method: 'GET',
  path: 'v1/operator/audit',
  scope: 'operator',
  audit: { action: 'audit.read', kind: 'read', target: { type: 'audit' } },
  query: auditQuery,
  async handle({ query, request, services }) {
    const { accept } = request;
    const order = { chain: operatorChain, path: 'v1/operator/audit', query, accept };
    return answerAuditPage(services, order);
  },
});
