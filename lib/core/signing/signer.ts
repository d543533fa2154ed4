import { CompactSign, FlattenedSign, type JSONWebKeySet } from 'jose';
import {
  type OptionalSecretStore,
  optionalSecretNames,
  type SecretStore,
  secretNames,
} from '../secrets.ts';
import { readPublicKeys, withPublicKeys } from './public-keys.ts';
import { readSigningKey } from './signing-key.ts';

/** Signs what Sluice vouches for, with Ed25519 (EdDSA); signing the same bytes twice gives the same text. */
export interface Signer {
  /** A compact JWS with a detached payload: `header..signature` (RFC 7515, appendix F). */
  signDetached(bytes: Uint8Array): Promise<string>;
  /** A compact JWS that carries the bytes. */
  sign(bytes: Uint8Array): Promise<string>;
  /**
   * The public halves of the present signing key, of those before it, and of the one that is about to
   * take over: whatever was signed, and is signed by any process, is verified by one of them.
   */
  publicKeys(): Promise<JSONWebKeySet>;
}

/**
 * How long a process may go on publishing a list of keys that has changed. A coming key must stand in
 * the list for longer than this before anything is signed with it.
 */
export const publishedKeysMaxAgeMs = 30_000;

/** Reads the key at each use, so that a rotated key is taken up; the secret store caches. */
export function createSigner(secrets: SecretStore & OptionalSecretStore): Signer {
  const load = () => secrets.get(secretNames.signingKey).then(readSigningKey);
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
      const { previousSigningKeys } = optionalSecretNames;
      const [{ publicKey }, others] = await Promise.all([
        load(),
        secrets.find(previousSigningKeys, publishedKeysMaxAgeMs),
      ]);
      const listed = others === undefined ? [] : readPublicKeys(others);
      return { keys: [...withPublicKeys([publicKey], listed)] };
    },
  };
}
