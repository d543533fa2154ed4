import {
  type CryptoKey,
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
} from 'jose';
import { SluiceError } from '../errors.ts';
import { secretNames } from '../secrets.ts';
import type { PublicKey } from './public-keys.ts';

export interface SigningKey {
  readonly key: CryptoKey;
  readonly header: { readonly kid: string; readonly alg: 'EdDSA' };
  readonly publicKey: PublicKey;
}

/**
 * A fresh Ed25519 private key as a JWK (JSON). Its `kid` is the thumbprint of the public half
 * (RFC 7638), so no two keys share one and it never changes.
 */
export async function newSigningKey(): Promise<string> {
  const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const jwk = await exportJWK(privateKey);
  const kid = await calculateJwkThumbprint(jwk);
  return JSON.stringify({ ...jwk, kid, alg: 'EdDSA', use: 'sig' });
}

/** Throws `secret_unavailable`, without the value, for anything but an Ed25519 private key with a kid. */
export async function readSigningKey(text: string): Promise<SigningKey> {
  try {
    const jwk = JSON.parse(text) as JWK;
    const key = await importJWK(jwk, 'EdDSA', { extractable: true });
    if (key instanceof Uint8Array || jwk.crv !== 'Ed25519') {
      throw new TypeError('not an Ed25519 private key');
    }
    const { d, x = '' } = await exportJWK(key);
    if (d === undefined) throw new TypeError('the private half is missing');
    return fromParts(key, x, jwk.kid);
  } catch (error) {
    throw new SluiceError('secret_unavailable', {
      internal: `The secret ${secretNames.signingKey} must be an Ed25519 private key as a JWK with a kid.`,
      cause: error,
    });
  }
}

function fromParts(key: CryptoKey, x: string, kid: unknown): SigningKey {
  if (typeof kid !== 'string' || kid === '') throw new TypeError('the kid is missing');
  const publicKey = { kty: 'OKP', crv: 'Ed25519', x, kid, alg: 'EdDSA', use: 'sig' } as const;
  return { key, header: { kid, alg: 'EdDSA' }, publicKey };
}
