import { SluiceError } from '../errors.ts';

const secretLengthBytes = 32;

/**
 * The 32 bytes of a secret that is kept as base64. Throws `secret_unavailable` with the secret's
 * name, never its value, when it is anything else.
 */
export function secretBytes(name: string, text: string): Uint8Array {
  const bytes = Buffer.from(text, 'base64');
  // Node skips what is not base64; only a text that comes back whole was base64.
  const wellFormed = bytes.toString('base64').replace(/=+$/, '') === text.trim().replace(/=+$/, '');
  if (wellFormed && bytes.length === secretLengthBytes) return bytes;
  throw new SluiceError('secret_unavailable', {
    internal: `The secret ${name} must be ${secretLengthBytes} random bytes as base64.`,
  });
}
