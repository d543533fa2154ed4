import type { MeAnswer } from '../../../lib/api/identity.ts';
import type { KeyRecord } from '../../../lib/core/keys/key-record.ts';
import type { KeyPrincipal, TenantPrincipal, UserPrincipal } from '../../../lib/core/principal.ts';

/** A key as it is told about itself: a program that holds nothing else learns when to replace it. */
export function presentKeysMe(principal: KeyPrincipal, record: KeyRecord): MeAnswer {
  return {
    kind: 'key',
    keyId: principal.keyId,
    expiresAt: record.expiresAt.toISOString(),
    renewableUntil: record.renewableUntil?.toISOString(),
    ...presentRights(principal),
  };
}

/** A person as they are told about themselves. */
export function presentUsersMe(principal: UserPrincipal): MeAnswer {
  const { userId, role, signedInAt } = principal;
  const shown = { userId, role, signedInAt: signedInAt?.toISOString() };
  return { kind: 'user', ...shown, ...presentRights(principal) };
}

function presentRights({ tenantId, scopes, labels }: TenantPrincipal) {
  return { tenantId, scopes, labels };
}
