import type { MeAnswer } from '../../../lib/api/identity.ts';
import type { TenantPrincipal } from '../../../lib/core/principal.ts';

/** A principal as it is told about itself. */
export function presentMe(principal: TenantPrincipal): MeAnswer {
  const { tenantId, scopes, labels } = principal;
  const shared = { tenantId, scopes, labels };
  if (principal.kind === 'key') return { kind: 'key', keyId: principal.keyId, ...shared };
  const { userId, role, signedInAt } = principal;
  return { kind: 'user', userId, role, signedInAt: signedInAt?.toISOString(), ...shared };
}
