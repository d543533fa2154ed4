import { describe, expect, test } from 'vitest';
import { newTokenKey } from '../../support/token-issuer.ts';
import { forge, hmac, key, signInWorld, tokenWith } from './world.ts';

const own = await newTokenKey('mine');

/** One text for everything, and a reason in the log that holds nothing of the token. */
async function expectRefused(token: string, reason: RegExp): Promise<void> {
  const refused = signInWorld().signIn(token);
  await expect(refused).rejects.toMatchObject({
    code: 'unauthenticated',
    message: 'The token is not valid here. Sign in again.',
    internal: expect.stringMatching(reason),
  });
}

describe('S14 the algorithm and the source of the key are fixed', () => {
  test('a token that is right in every respect is let in', async () => {
    const principal = await signInWorld().signIn(await tokenWith());
    expect(principal).toMatchObject({ kind: 'user', tenantId: 'acme', role: 'analyst' });
  });

  for (const alg of ['none', 'None', '', undefined, 7]) {
    test(`alg ${JSON.stringify(alg)} without a signature is refused`, async () => {
      await expectRefused(
        forge({ alg, kid: 'k1', typ: 'at+jwt' }, () => ''),
        /algorithm|not a sig/,
      );
    });
  }

  test('HS256 with the public key as the secret is refused', async () => {
    const header = { alg: 'HS256', kid: 'k1', typ: 'at+jwt' };
    await expectRefused(forge(header, hmac(key.publicPem)), /algorithm/);
    await expectRefused(forge(header, hmac(JSON.stringify(key.publicJwk))), /algorithm/);
  });

  test('RS384 by the right key is refused when the list does not have it', async () => {
    const rs384 = await newTokenKey('k1', 'RS384');
    await expectRefused(await tokenWith({}, rs384), /algorithm/);
  });

  test('a key id that the issuer does not have, or none, is refused', async () => {
    await expectRefused(await tokenWith({ header: { kid: 'k2' } }), /no such key/);
    await expectRefused(await tokenWith({ header: { kid: undefined } }), /names no key/);
    await expectRefused(await tokenWith({ header: { kid: 7 } }), /names no key/);
  });

  test("another key under the issuer's key id is refused", async () => {
    await expectRefused(await tokenWith({}, await newTokenKey('k1')), /SIGNATURE/);
  });

  test('one changed byte is refused', async () => {
    const [header = '', body = '', signature = ''] = (await tokenWith()).split('.');
    const changed = Buffer.from(body, 'base64url').toString().replace('acme', 'acmd');
    const other = changed.replace('"ada"', '"bob"');
    await expectRefused(
      [header, Buffer.from(other).toString('base64url'), signature].join('.'),
      /SIGNATURE/,
    );
  });

  const bringing = {
    jku: 'https://evil.example/keys',
    jwk: own.publicJwk,
    x5u: 'https://evil.example/cert',
    x5c: ['MIIB'],
  };
  for (const [name, value] of Object.entries(bringing)) {
    test(`a key by ${name} in the header is refused, and nobody is asked for it`, async () => {
      const world = signInWorld();
      const token = await tokenWith({ header: { [name]: value } }, own);
      await expect(world.signIn(token)).rejects.toMatchObject({ code: 'unauthenticated' });
      expect(world.places).toEqual([]);
      await expectRefused(await tokenWith({ header: { [name]: value } }), new RegExp(name));
    });
  }

  test('what asks for rules of its own is refused', async () => {
    const header = { alg: 'RS256', kid: 'k1', typ: 'at+jwt' };
    await expectRefused(
      forge({ ...header, crit: ['exp'], exp: 1 }, () => 'AA'),
      /crit/,
    );
    await expectRefused(
      forge({ ...header, b64: false }, () => 'AA'),
      /b64/,
    );
    await expectRefused(
      forge({ ...header, zip: 'DEF' }, () => 'AA'),
      /zip/,
    );
  });

  test('what is no token, encrypted or over 16 KB is refused before anything is asked', async () => {
    await expectRefused('', /not a signed token/);
    await expectRefused('a.b.c', /not a signed token/);
    await expectRefused(
      forge({ alg: 'RSA-OAEP', enc: 'A256GCM' }, () => 'A.B.C'),
      /not a|enc/,
    );
    await expectRefused('x'.repeat(16 * 1024 + 1), /16385 characters/);
    await expectRefused(await tokenWith({ claims: { filler: 'x'.repeat(16_000) } }), /characters/);
  });

  test('ES256, PS256 and EdDSA are let in', async () => {
    for (const alg of ['ES256', 'PS256', 'EdDSA']) {
      const other = await newTokenKey('k9', alg);
      const { signIn } = signInWorld({ keys: { 'https://login.example/one': [other] } });
      expect(await signIn(await tokenWith({}, other))).toMatchObject({ kind: 'user' });
    }
  });
});
