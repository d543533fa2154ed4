import { SluiceError } from '../errors.ts';
import type { KeyPrincipal } from '../principal.ts';
import { secretNames } from '../secrets.ts';
import { parseKey } from './key-format.ts';
import { dummyHash, hashesMatch, hashSecret } from './key-hash.ts';
import type { KeyRecord } from './key-record.ts';
import type { KeyServiceDeps } from './key-service.ts';

/** See `KeyService.authenticate`. */
export async function authenticateKey(
  deps: KeyServiceDeps,
  presented: string,
): Promise<KeyPrincipal> {
  const record = await recognizeKey(deps, presented);
  if (typeof record === 'string') throw refused(record);
  if (record.revokedAt !== undefined) throw refused(`the key ${record.id} is revoked`);
  if (record.expiresAt <= deps.clock()) throw refused(`the key ${record.id} has expired`);
  const tenant = await deps.tenants.find(record.tenantId);
  if (tenant === undefined) throw refused(`the tenant of the key ${record.id} is gone`);
  const { tenantId, id: keyId, scopes } = record;
  return { kind: 'key', tenantId, keyId, scopes: [...scopes] };
}

/** The record that the presented secret belongs to, live or not; else the reason as a text for the log. */
export async function recognizeKey(
  deps: Pick<KeyServiceDeps, 'keys' | 'secrets' | 'environment'>,
  presented: string,
): Promise<KeyRecord | string> {
  const parts = parseKey(presented);
  if (parts === undefined) return 'it is not a key, or its checksum is wrong';
  if (parts.environment !== deps.environment) return 'the key belongs to another environment';
  const record = await deps.keys.find(parts.id);
  const pepper = await deps.secrets.get(secretNames.keyPepper);
  // An unknown id does the same work, so that the time tells nothing.
  const matches = hashesMatch(hashSecret(pepper, parts.secret), record?.secretHash ?? dummyHash);
  if (record === undefined) return `the key ${parts.id} is unknown`;
  return matches ? record : `the secret of the key ${parts.id} is wrong`;
}

function refused(reason: string): SluiceError {
  return new SluiceError('unauthenticated', {
    message: 'The key is not valid here. Check it, or ask for a new one.',
    internal: `Refused: ${reason}.`,
  });
}
