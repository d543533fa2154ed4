import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { SluiceError } from '../errors.ts';

/** Names the first byte of every sealed text, so that a later way can stand beside this one. */
const version = 1;
const nonceBytes = 12;
const tagBytes = 16;
const headBytes = 1 + nonceBytes;

/**
 * Encrypts with AES-256-GCM under a fresh random nonce. `context` is not stored but must be given
 * again to decrypt. The result is base64url of: version, nonce, ciphertext, tag.
 */
export function encrypt(key: Uint8Array, plain: Uint8Array, context: readonly string[]): string {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes });
  cipher.setAAD(contextBytes(context));
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([Uint8Array.of(version), nonce, body, cipher.getAuthTag()]).toString(
    'base64url',
  );
}

/** The reverse. Throws `internal_error` for another key, another context or a changed text. */
export function decrypt(key: Uint8Array, sealed: string, context: readonly string[]): Uint8Array {
  const bytes = sealedBytes(sealed);
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(1, headBytes), {
    authTagLength: tagBytes,
  });
  decipher.setAAD(contextBytes(context));
  decipher.setAuthTag(bytes.subarray(-tagBytes));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(headBytes, -tagBytes)), decipher.final()]);
  } catch (error) {
    throw broken('it was changed, or belongs to another key or place', error);
  }
}

function sealedBytes(sealed: string): Uint8Array {
  const bytes = Buffer.from(sealed, 'base64url');
  // Node ignores foreign characters and loose bits; a text that does not come back whole was changed.
  if (bytes.toString('base64url') !== sealed) throw broken('it is not base64url');
  if (bytes.length < headBytes + tagBytes) throw broken('it is too short');
  if (bytes[0] !== version) throw broken('its version is not known');
  return bytes;
}

/** Each part with its length before it, so that ('ab', 'c') and ('a', 'bc') differ. */
function contextBytes(context: readonly string[]): Uint8Array {
  const parts = [...context].map((part) => Buffer.from(part, 'utf8'));
  return Buffer.concat([
    Uint8Array.of(version),
    ...parts.flatMap((part) => [lengthPrefix(part.length), part]),
  ]);
}

function lengthPrefix(length: number): Uint8Array {
  const prefix = Buffer.alloc(4);
  prefix.writeUInt32BE(length);
  return prefix;
}

function broken(why: string, cause?: unknown): SluiceError {
  return new SluiceError('internal_error', {
    internal: `A sealed text cannot be opened: ${why}.`,
    cause,
  });
}
