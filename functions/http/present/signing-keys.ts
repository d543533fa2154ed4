import type { SigningKeysAnswer } from '../../../lib/api/public.ts';
import type { Signer } from '../../../lib/core/signing/signer.ts';

type PublicKeys = Awaited<ReturnType<Signer['publicKeys']>>;

/** Field by field, so that no private half can slip through. */
export function presentSigningKeys({ keys }: PublicKeys): SigningKeysAnswer {
  return {
    keys: keys.map(({ x = '', kid = '' }) => ({
      kty: 'OKP',
      crv: 'Ed25519',
      x,
      kid,
      alg: 'EdDSA',
      use: 'sig',
    })),
  };
}
