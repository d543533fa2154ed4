import { randomBytes } from 'node:crypto';

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
/** Milliseconds that fit into nine base-32 digits reach the year 3084. */
const ticksMax = 32 ** 9 - 1;

/** `length` random characters of 5 bits each from the system's random source. */
export function randomId(length: number): string {
  return Array.from(randomBytes(length), (byte) => alphabet[byte & 31]).join('');
}

/**
 * An id that sorts newest first: reverse milliseconds, then 80 random bits. 25 characters of
 * `[0-9a-z]`, so it fits instance ids, container names and row keys alike.
 */
export function newestFirstId(now: Date): string {
  return reverseTicks(now) + randomId(16);
}

/** The sortable half of such an id: everything made before `time` sorts after it. */
export function reverseTicks(time: Date): string {
  let rest = ticksMax - time.getTime();
  let text = '';
  for (let digit = 0; digit < 9; digit++) {
    text = alphabet.charAt(rest % 32) + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}
