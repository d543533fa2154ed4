import { SluiceError } from '../errors.ts';
import { optionalSecretNames } from '../secrets.ts';

/** The public half of a signing key, field by field as it is published (RFC 8037). */
export interface PublicKey {
  readonly kty: 'OKP';
  readonly crv: 'Ed25519';
  /** 32 bytes, base64url. */
  readonly x: string;
  readonly kid: string;
  readonly alg: 'EdDSA';
  readonly use: 'sig';
}

/**
 * The keys of a JSON Web Key Set. Throws `secret_unavailable`, without the value, for anything else, and
 * for a set with a private half in it: that one must not lie where only public ones are expected.
 */
export function readPublicKeys(text: string): readonly PublicKey[] {
  try {
    const { keys } = JSON.parse(text) as { keys?: unknown };
    if (!Array.isArray(keys)) throw new TypeError('there is no list of keys');
    const read = keys.map(readPublicKey);
    if (new Set(read.map(({ kid }) => kid)).size !== read.length) {
      throw new TypeError('two keys have one kid');
    }
    return read;
  } catch (error) {
    throw new SluiceError('secret_unavailable', {
      internal: `The secret ${optionalSecretNames.previousSigningKeys} must be a JSON Web Key Set with the public halves of Ed25519 keys, each with a kid of its own.`,
      cause: error,
    });
  }
}

/** The set with further keys after those that it has; one that is in it already is not added again. */
export function withPublicKeys(
  known: readonly PublicKey[],
  added: readonly PublicKey[],
): readonly PublicKey[] {
  const all = [...known, ...added];
  return all.filter(({ kid }, index) => all.findIndex((other) => other.kid === kid) === index);
}

/** The keys as a JSON Web Key Set. */
export function writePublicKeys(keys: readonly PublicKey[]): string {
  return JSON.stringify({ keys });
}

function readPublicKey(value: unknown): PublicKey {
  if (typeof value !== 'object' || value === null) throw new TypeError('a key is no object');
  const { kty, crv, x, kid, d } = value as Readonly<Record<string, unknown>>;
  if (d !== undefined) throw new TypeError('a key has its private half');
  if (kty !== 'OKP' || crv !== 'Ed25519') throw new TypeError('a key is not of Ed25519');
  if (typeof kid !== 'string' || kid === '') throw new TypeError('a kid is missing');
  if (typeof x !== 'string' || !isPublicHalf(x)) throw new TypeError('a public half is ill-formed');
  return { kty, crv, x, kid, alg: 'EdDSA', use: 'sig' };
}

/** Node skips what is not base64url; only a text that comes back whole was base64url. */
function isPublicHalf(x: string): boolean {
  const bytes = Buffer.from(x, 'base64url');
  return bytes.length === 32 && bytes.toString('base64url') === x;
}
