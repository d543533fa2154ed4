import { createLocalJWKSet, flattenedVerify, type JSONWebKeySet } from 'jose';
import { isRecord, tryParseJson } from '../json.ts';
import { DemoError, mustHold } from './demo-error.ts';

/**
 * Checks the detached signature (`header..signature`, RFC 7515 appendix F) of these very bytes against
 * the published keys; answers with the id of the key that signed.
 */
export async function verifyManifest(
  manifest: Uint8Array,
  signature: Uint8Array,
  published: Uint8Array,
): Promise<string> {
  const [header, payload, mark] = Buffer.from(signature).toString().trim().split('.');
  mustHold(payload === '', 'The signature of the manifest is not a detached one.');
  const keys = readKeys(published);
  const jws = {
    protected: header ?? '',
    payload: Buffer.from(manifest).toString('base64url'),
    signature: mark ?? '',
  };
  try {
    const options = { algorithms: ['EdDSA', 'Ed25519'] };
    const { protectedHeader } = await flattenedVerify(jws, createLocalJWKSet(keys), options);
    return protectedHeader?.kid ?? 'without a name';
  } catch (cause) {
    throw new DemoError('The signature of the manifest is wrong.', { cause });
  }
}

function readKeys(bytes: Uint8Array): JSONWebKeySet {
  const keySet = tryParseJson(Buffer.from(bytes).toString());
  const keys = isRecord(keySet) ? keySet['keys'] : undefined;
  mustHold(Array.isArray(keys) && keys.every(isRecord), 'The published keys are not a JWK set.');
  // The library checks each key when it uses it.
  return { keys };
}
