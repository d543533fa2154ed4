import {
  type CryptoKey,
  createLocalJWKSet,
  exportJWK,
  exportSPKI,
  generateKeyPair,
  type JWK,
  type LocalJWKSet,
  SignJWT,
} from 'jose';

export interface TokenKey {
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
  /** The public key as text, as a careless verifier would use it for a secret. */
  readonly publicPem: string;
  readonly alg: string;
  readonly kid: string;
}

/** A key pair of an identity provider. */
export async function newTokenKey(kid: string, alg = 'RS256'): Promise<TokenKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const publicJwk = { ...(await exportJWK(publicKey)), kid, use: 'sig' };
  return { privateKey, publicJwk, publicPem: await exportSPKI(publicKey), alg, kid };
}

export function keySetOf(...keys: readonly TokenKey[]): LocalJWKSet {
  return createLocalJWKSet({ keys: keys.map(({ publicJwk }) => publicJwk) });
}

export interface TokenChange {
  /** Undefined takes a claim or a parameter away. */
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: Readonly<Record<string, unknown>>;
}

/** A signed token of these claims; `header` goes over `alg`, `kid` and `typ`. */
export async function signToken(
  { privateKey, alg, kid }: TokenKey,
  { claims = {}, header = {} }: TokenChange,
): Promise<string> {
  const protectedHeader = { alg, kid, typ: 'at+jwt', ...header };
  return new SignJWT(withoutUndefined(claims))
    .setProtectedHeader({ ...withoutUndefined(protectedHeader), alg: protectedHeader.alg })
    .sign(privateKey);
}

function withoutUndefined<T extends object>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
