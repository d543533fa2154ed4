import { verifyQuery } from '../../../lib/api/audit.ts';
import { operatorChain } from '../../../lib/core/audit/audit-event.ts';
import { operatorRoute } from '../route.ts';
import { answerVerdict } from './answer-audit.ts';

/** The same for the operator's own chain. */
export const verifyOperatorAudit = operatorRoute({
  name: 'verifyOperatorAudit',
  method: 'GET',
  path: 'v1/operator/audit/verify',
  scope: 'operator',
  audit: { action: 'audit.verify', kind: 'read', target: { type: 'audit' } },
  query: verifyQuery,
  async handle({ query, services }) {
    return answerVerdict(services, operatorChain, query);
  },
});
