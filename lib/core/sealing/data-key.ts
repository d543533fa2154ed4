import { randomBytes } from 'node:crypto';
import { secretNames } from '../secrets.ts';
import { decrypt, encrypt } from './cipher.ts';
import { secretBytes } from './secret-bytes.ts';

/** A new tenant's key: 32 random bytes. */
export function newDataKey(): Uint8Array {
  return randomBytes(32);
}

/**
 * The data key under the master key (base64, as the secret store gives it), bound to the tenant.
 * Throws `secret_unavailable` when the master key is not 32 bytes of base64.
 */
export function wrapDataKey(masterKey: string, tenantId: string, dataKey: Uint8Array): string {
  return encrypt(secretBytes(secretNames.masterKey, masterKey), dataKey, contextOf(tenantId));
}

/** The data key again. Throws `internal_error` for another tenant, another master key or a changed text. */
export function unwrapDataKey(masterKey: string, tenantId: string, wrapped: string): Uint8Array {
  return decrypt(secretBytes(secretNames.masterKey, masterKey), wrapped, contextOf(tenantId));
}

function contextOf(tenantId: string): readonly string[] {
  return ['data-key', tenantId];
}
