import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Pepper } from './peppers.ts';

/**
 * HMAC-SHA-256 of a key's secret part under the pepper; hex. No slow hash: the secret has 256 random
 * bits.
 */
export function hashSecret({ bytes }: Pick<Pepper, 'bytes'>, secret: string): string {
  return createHmac('sha256', bytes).update(secret).digest('hex');
}

/** Compared with when there is no record, so that an unknown key costs the same work. */
export const dummyHash = '0'.repeat(64);

/** Compares in constant time; false for texts of another length. */
export function hashesMatch(left: string, right: string): boolean {
  const [leftBytes, rightBytes] = [Buffer.from(left, 'utf8'), Buffer.from(right, 'utf8')];
  return leftBytes.length === rightBytes.length && timingSafeEqual(leftBytes, rightBytes);
}
