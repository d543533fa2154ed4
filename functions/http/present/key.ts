import type { KeyAnswer, KeyCreatedAnswer, KeyRotatedAnswer } from '../../../lib/api/keys.ts';
import type { KeyRecord, ListedKey } from '../../../lib/core/keys/key-record.ts';
import type { NewKey, RotatedKey } from '../../../lib/core/keys/new-key.ts';
import type { Labels } from '../../../lib/core/principal.ts';

/** A key in a list: never the key itself, and nothing of its hash. */
export function presentListedKey({ record, lastUse }: ListedKey): KeyAnswer {
  return {
    ...presentKey(record),
    lastUsedAt: lastUse?.at.toISOString(),
    lastUsedAddressPrefix: lastUse?.addressPrefix,
  };
}

/** A new key; this answer is the only one that shows it. */
export function presentCreatedKey({ key, record }: NewKey): KeyCreatedAnswer {
  return { ...presentKey(record), tenantId: record.tenantId, key };
}

/** The new key, and when the old one ends. */
export function presentRotatedKey(rotated: RotatedKey): KeyRotatedAnswer {
  const { id, expiresAt } = rotated.replaced;
  return {
    ...presentCreatedKey(rotated),
    replaces: { id, expiresAt: expiresAt.toISOString() },
  };
}

function presentKey(record: KeyRecord): KeyAnswer {
  const { labels, allowedAddresses } = record;
  return {
    id: record.id,
    name: record.name,
    scopes: record.scopes.filter((scope) => scope !== 'operator'),
    labels: labels === undefined ? undefined : presentLabels(labels),
    allowedAddresses: allowedAddresses === undefined ? undefined : [...allowedAddresses],
    createdBy: record.createdBy,
    createdAt: record.createdAt.toISOString(),
    expiresAt: record.expiresAt.toISOString(),
    revokedAt: record.revokedAt?.toISOString(),
    exposedAt: record.exposedAt?.toISOString(),
    renewableUntil: record.renewableUntil?.toISOString(),
    rotatedTo: record.rotatedTo,
    rotatedFrom: record.rotatedFrom,
  };
}

function presentLabels(labels: Labels): Record<string, string[]> {
  return Object.fromEntries(Object.entries(labels).map(([name, values]) => [name, [...values]]));
}
