import { generateKeyPairSync } from 'node:crypto';
import { compactVerify, createLocalJWKSet, flattenedVerify } from 'jose';
import { expect, test } from 'vitest';
import { createSigner } from '../../../lib/core/signing/signer.ts';

const jwk = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
const signerWith = (text: string) => createSigner({ get: async () => text });
const signer = signerWith(JSON.stringify({ ...jwk, kid: 'k1' }));
const bytes = Buffer.from('{"version":1}\n');

test('X1 a detached signature verifies over the bytes with the published key', async () => {
  const [header = '', payload, signature = ''] = (await signer.signDetached(bytes)).split('.');
  expect(payload).toBe('');
  const keys = createLocalJWKSet(await signer.publicKeys());
  const jws = { protected: header, payload: bytes.toString('base64url'), signature };
  const { protectedHeader } = await flattenedVerify(jws, keys, { algorithms: ['EdDSA'] });
  expect(protectedHeader).toEqual({ alg: 'EdDSA', kid: 'k1' });
  const flipped = Buffer.from('{"version":2}\n').toString('base64url');
  await expect(flattenedVerify({ ...jws, payload: flipped }, keys)).rejects.toThrow();
});

test('a compact signature carries its bytes', async () => {
  const keys = createLocalJWKSet(await signer.publicKeys());
  const { payload } = await compactVerify(await signer.sign(bytes), keys);
  expect(Buffer.from(payload)).toEqual(bytes);
});

test('the same bytes give the same signature, so a step that runs twice writes the same file', async () => {
  expect(await signer.signDetached(bytes)).toBe(await signer.signDetached(bytes));
});

test('the published key has no private half', async () => {
  const { keys } = await signer.publicKeys();
  expect(keys).toEqual([
    { kty: 'OKP', crv: 'Ed25519', x: jwk.x, kid: 'k1', alg: 'EdDSA', use: 'sig' },
  ]);
});

test.each([
  '',
  '{}',
  JSON.stringify(jwk),
  JSON.stringify({ kty: 'OKP', crv: 'Ed25519', x: jwk.x, kid: 'k' }),
])('a secret that is no signing key is refused without being shown: case %#', async (text) => {
  const error: unknown = await signerWith(text)
    .sign(bytes)
    .catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'secret_unavailable' });
  expect(JSON.stringify(error)).not.toContain(String(jwk.d));
});
