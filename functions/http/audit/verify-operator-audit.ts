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
  async handle({ services }) {
    return answerVerdict(services, operatorChain);
  },
});
