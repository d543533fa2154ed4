import type { KeyCreatedAnswer } from '../../../lib/api/operator.ts';
import type { NewKey } from '../../../lib/core/keys/key-service.ts';

/** A new key; this answer is the only one that shows it. */
export function presentCreatedKey({ key, record }: NewKey): KeyCreatedAnswer {
  return {
    id: record.id,
    key,
    tenantId: record.tenantId,
    name: record.name,
    scopes: record.scopes.filter((scope) => scope !== 'operator'),
    createdBy: record.createdBy,
    createdAt: record.createdAt.toISOString(),
    expiresAt: record.expiresAt.toISOString(),
  };
}
