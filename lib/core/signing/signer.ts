import {
  type CompactJWSHeaderParameters,
  CompactSign,
  type CryptoKey,
  exportJWK,
  FlattenedSign,
  importJWK,
  type JSONWebKeySet,
  type JWK,
} from 'jose';
import { SluiceError } from '../errors.ts';
import { type SecretStore, secretNames } from '../secrets.ts';

/** Signs what Sluice vouches for, with Ed25519 (EdDSA); signing the same bytes twice gives the same text. */
export interface Signer {
  /** A compact JWS with a detached payload: `header..signature` (RFC 7515, appendix F). */
  signDetached(bytes: Uint8Array): Promise<string>;
  /** A compact JWS that carries the bytes. */
  sign(bytes: Uint8Array): Promise<string>;
  /** The public half, as `GET /v1/signing-keys` publishes it. */
  publicKeys(): Promise<JSONWebKeySet>;
}

/** Reads the key at each use, so that a rotated key is taken up; the secret store caches. */
export function createSigner(secrets: SecretStore): Signer {
  const load = () => secrets.get(secretNames.signingKey).then(loadKey);
  return {
    async signDetached(bytes) {
      const { key, header } = await load();
      const jws = await new FlattenedSign(bytes).setProtectedHeader(header).sign(key);
      return `${jws.protected ?? ''}..${jws.signature}`;
    },
    async sign(bytes) {
      const { key, header } = await load();
      return new CompactSign(bytes).setProtectedHeader(header).sign(key);
    },
    async publicKeys() {
      return { keys: [(await load()).publicJwk] };
    },
  };
}

interface LoadedKey {
  readonly key: CryptoKey;
  readonly header: CompactJWSHeaderParameters;
  readonly publicJwk: JWK;
}

async function loadKey(text: string): Promise<LoadedKey> {
  try {
    const jwk = JSON.parse(text) as JWK;
    const key = await importJWK(jwk, 'EdDSA', { extractable: true });
    if (key instanceof Uint8Array || jwk.crv !== 'Ed25519' || jwk.kid === undefined) {
      throw new TypeError('not an Ed25519 private key with a kid');
    }
    const { d, ...publicJwk } = await exportJWK(key);
    if (d === undefined) throw new TypeError('the private half is missing');
    const facts = { kid: jwk.kid, alg: 'EdDSA' };
    return { key, header: facts, publicJwk: { ...publicJwk, ...facts, use: 'sig' } };
  } catch (error) {
    throw new SluiceError('secret_unavailable', {
      internal: `The secret ${secretNames.signingKey} must be an Ed25519 private key as a JWK with a kid.`,
      cause: error,
    });
  }
}
