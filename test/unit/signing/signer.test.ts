import { generateKeyPairSync } from 'node:crypto';
import { calculateJwkThumbprint, compactVerify, createLocalJWKSet, flattenedVerify } from 'jose';
import { describe, expect, test } from 'vitest';
import { optionalSecretNames, secretNames } from '../../../lib/core/secrets.ts';
import { createSigner } from '../../../lib/core/signing/signer.ts';
import { newSigningKey } from '../../../lib/core/signing/signing-key.ts';
import { changingSecrets } from '../../support/memory-keys.ts';

const newJwk = () => generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
const jwk = newJwk();
const signerWith = (text: string, previous?: string) =>
  createSigner(
    changingSecrets({
      [secretNames.signingKey]: text,
      ...(previous === undefined ? {} : { [optionalSecretNames.previousSigningKeys]: previous }),
    }),
  );
const own = JSON.stringify({ ...jwk, kid: 'k1' });
const signer = signerWith(own);
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
  'null',
  JSON.stringify(jwk),
  JSON.stringify({ ...jwk, kid: '' }),
  JSON.stringify({ ...jwk, kid: 7 }),
  JSON.stringify({ kty: 'OKP', crv: 'Ed25519', x: jwk.x, kid: 'k' }),
])('a secret that is no signing key is refused without being shown: case %#', async (text) => {
  const error: unknown = await signerWith(text)
    .sign(bytes)
    .catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'secret_unavailable' });
  expect(JSON.stringify(error)).not.toContain(String(jwk.d));
});

test('a new key is named after its public half, and signs', async () => {
  const made = await newSigningKey();
  const { keys } = await signerWith(made).publicKeys();
  const [published] = keys;
  if (published === undefined) throw new TypeError('A key was published.');
  expect(published.kid).toBe(await calculateJwkThumbprint(published));
  expect(await newSigningKey()).not.toBe(made);
  const jws = await signerWith(made).sign(bytes);
  await compactVerify(jws, createLocalJWKSet({ keys }));
});

describe('earlier keys', () => {
  const { x } = newJwk();
  const before = { kty: 'OKP', crv: 'Ed25519', x, kid: 'k0' };
  const published = { alg: 'EdDSA', use: 'sig' };
  const setOf = (...keys: readonly object[]) => JSON.stringify({ keys });

  test('are published after the present one, each once and under its own kid', async () => {
    const present = { kty: 'OKP', crv: 'Ed25519', x: jwk.x, kid: 'k1' };
    const { keys } = await signerWith(own, setOf(before, present)).publicKeys();
    expect(keys).toEqual([
      { ...present, ...published },
      { ...before, ...published },
    ]);
  });

  test('are published with their public fields only, whatever else the list says of them', async () => {
    const { keys } = await signerWith(own, setOf({ ...before, note: 'of 2026' })).publicKeys();
    expect(keys[1]).toEqual({ ...before, ...published });
  });

  test.each([
    ['no JSON', 'x'],
    ['no list', '{}'],
    ['a private half', setOf({ ...newJwk(), kid: 'k0' })],
    ['a key without a kid', setOf({ ...before, kid: undefined })],
    ['a key of another kind', setOf({ ...before, crv: 'X25519' })],
    ['a public half that is too short', setOf({ ...before, x: 'AAAA' })],
    ['a public half that is not base64url', setOf({ ...before, x: `${x}=` })],
    ['two keys of one kid', setOf(before, before)],
    ['nothing', setOf(null as never)],
  ])('are not published from a list with %s, and the list is named, not shown', async (_, text) => {
    const error: unknown = await signerWith(own, text)
      .publicKeys()
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'secret_unavailable',
      internal: expect.stringContaining('The secret sluice-signing-keys-previous must be'),
    });
    expect(JSON.stringify(error)).not.toContain(x);
  });
});
