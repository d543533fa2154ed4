import { createHmac, timingSafeEqual } from 'node:crypto';
import { secretBytes } from '../sealing/secret-bytes.ts';
import { secretNames } from '../secrets.ts';

/**
 * HMAC-SHA-256 of a key's secret part under the pepper (base64, as the secret store gives it); hex.
 * No slow hash: the secret has 256 random bits. Throws `secret_unavailable` for an ill-formed pepper.
 */
export function hashSecret(pepper: string, secret: string): string {
  const key = secretBytes(secretNames.keyPepper, pepper);
  return createHmac('sha256', key).update(secret).digest('hex');
}

/** Compared with when there is no record, so that an unknown key costs the same work. */
export const dummyHash = '0'.repeat(64);

/** Compares in constant time; false for texts of another length. */
export function hashesMatch(left: string, right: string): boolean {
  const [leftBytes, rightBytes] = [Buffer.from(left, 'utf8'), Buffer.from(right, 'utf8')];
  return leftBytes.length === rightBytes.length && timingSafeEqual(leftBytes, rightBytes);
}
