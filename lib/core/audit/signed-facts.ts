import { compactVerify, createLocalJWKSet } from 'jose';
import type { Signer } from '../signing/signer.ts';
import { canonicalJson } from './canonical-json.ts';

/** A compact JWS (EdDSA) that carries the canonical JSON of the facts. */
export function signFacts(signer: Pick<Signer, 'sign'>, facts: object): Promise<string> {
  return signer.sign(Buffer.from(canonicalJson(facts)));
}

/**
 * What a JWS of ours carries, as its canonical text; undefined for one that no published key made. A key
 * that was rotated out stays published, so what it signed holds. Throws `secret_unavailable` without the
 * keys: then nothing can be said, which is an outage and no forgery.
 */
export async function signedText(
  signer: Pick<Signer, 'publicKeys'>,
  signature: string,
): Promise<string | undefined> {
  const keys = createLocalJWKSet(await signer.publicKeys());
  try {
    const { payload } = await compactVerify(signature, keys, { algorithms: ['EdDSA'] });
    return new TextDecoder().decode(payload);
  } catch {
    return undefined;
  }
}
