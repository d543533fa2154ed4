import { createHash, randomBytes } from 'node:crypto';
import { SluiceError } from '../errors.ts';
import { optionalSecretNames, type SecretStore, secretNames } from '../secrets.ts';
import { decrypt, encrypt } from './cipher.ts';
import { secretBytes } from './secret-bytes.ts';

const { previousMasterKey } = optionalSecretNames;
const idLength = 12;
/**
 * Another process may have read a new master key up to ten minutes before this one and wrapped with
 * it. Then the secrets are read anew, but no more often than this.
 */
const rereadMs = 30_000;

/** A new tenant's key: 32 random bytes. */
export function newDataKey(): Uint8Array {
  return randomBytes(32);
}

/**
 * The data key under the master key (base64, as the secret store gives it), bound to the tenant:
 * `<id of the master key>.<sealed>`. Throws `secret_unavailable` when the master key is not 32 bytes
 * of base64.
 */
export function wrapDataKey(masterKey: string, tenantId: string, dataKey: Uint8Array): string {
  const key = secretBytes(secretNames.masterKey, masterKey);
  return `${idOf(key)}.${encrypt(key, dataKey, contextOf(tenantId))}`;
}

/** The data key again. Throws `internal_error` for another tenant, another master key or a changed text. */
export function unwrapDataKey(masterKey: string, tenantId: string, wrapped: string): Uint8Array {
  const sealed = wrapped.slice(wrapped.indexOf('.') + 1);
  return decrypt(secretBytes(secretNames.masterKey, masterKey), sealed, contextOf(tenantId));
}

/** True when this master key wrapped it. Throws `secret_unavailable` for an ill-formed master key. */
export function isWrappedBy(masterKey: string, wrapped: string): boolean {
  return wrapped.startsWith(`${masterKeyId(masterKey)}.`);
}

/** Names a master key without telling anything of it. */
export function masterKeyId(masterKey: string): string {
  return idOf(secretBytes(secretNames.masterKey, masterKey));
}

/**
 * Unwraps with the current master key, or with the previous one while the master key is being
 * rotated. Throws `secret_unavailable` when neither wrapped it: the key that did may be set again.
 */
export async function openDataKey(
  secrets: SecretStore,
  tenantId: string,
  wrapped: string,
): Promise<Uint8Array> {
  const masterKey =
    (await ifWrappedBy(secrets, secretNames.masterKey, wrapped)) ??
    (await ifWrappedBy(secrets, previousMasterKey, wrapped));
  if (masterKey !== undefined) return unwrapDataKey(masterKey, tenantId, wrapped);
  throw new SluiceError('secret_unavailable', {
    internal: `The data key of tenant ${tenantId} was wrapped by master key ${wrapped.slice(0, idLength)}, which is neither ${secretNames.masterKey} nor ${previousMasterKey}.`,
  });
}

/** The master key of this name, if it wrapped the data key: as it is known, else as it is now. */
async function ifWrappedBy(
  secrets: SecretStore,
  name: string,
  wrapped: string,
): Promise<string | undefined> {
  const known = await secrets.get(name);
  if (isWrappedBy(known, wrapped)) return known;
  const fresh = await secrets.get(name, rereadMs);
  return isWrappedBy(fresh, wrapped) ? fresh : undefined;
}

/** 48 bits of a digest say which of a few keys it is, and nothing about 256 random bits. */
function idOf(key: Uint8Array): string {
  const digest = createHash('sha256').update('sluice master key').update(key).digest('hex');
  return digest.slice(0, idLength);
}

function contextOf(tenantId: string): readonly string[] {
  return ['data-key', tenantId];
}
