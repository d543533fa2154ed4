import { createHash } from 'node:crypto';

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

/**
 * Stands for one subject of one issuer, the same for ever: 26 characters of `[0-9a-z]`. The same
 * subject, or the same e-mail address, at another issuer is somebody else.
 */
export function userIdOf(issuer: string, subject: string): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([issuer, subject]))
    .digest();
  return Array.from(digest.subarray(0, 26), (byte) => alphabet[byte & 31]).join('');
}
