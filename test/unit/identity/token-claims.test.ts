import { describe, expect, test } from 'vitest';
import type { IssuerRules } from '../../../lib/core/identity/issuer.ts';
import type { TokenChange } from '../../support/token-issuer.ts';
import { forTenant, nowSeconds, signInWorld, tokenWith } from './world.ts';

async function outcome(change: TokenChange, rules: Partial<IssuerRules> = {}): Promise<string> {
  const { signIn } = signInWorld({ issuers: [forTenant('acme', rules)] });
  const token = await tokenWith(change);
  return signIn(token).then(
    ({ kind }) => kind,
    ({ code }) => String(code),
  );
}

const withClaims = (claims: NonNullable<TokenChange['claims']>, rules?: Partial<IssuerRules>) =>
  outcome({ claims }, rules);
const refused = 'unauthenticated';

describe('S15 every claim is demanded', () => {
  for (const name of ['iss', 'aud', 'sub', 'iat', 'exp', 'nbf']) {
    test(`without ${name} it is refused`, async () => {
      expect(await withClaims({ [name]: undefined })).toBe(refused);
    });
  }

  const wrong: readonly (readonly [string, unknown])[] = [
    ['iss', 'https://login.example/one/'],
    ['iss', 'https://LOGIN.example/one'],
    ['iss', 'https://login.example/two'],
    ['iss', ['https://login.example/one']],
    ['aud', 'api://other'],
    ['aud', []],
    ['aud', { 0: 'api://sluice' }],
    ['sub', ''],
    ['sub', 7],
    ['sub', 'x'.repeat(256)],
    ['exp', String(nowSeconds + 60)],
    ['nbf', 'now'],
    ['iat', null],
    ['roles', 7],
    ['roles', { 'sluice-admin': true }],
    ['roles', ['sluice-admin', 7]],
    ['auth_time', 'today'],
    ['auth_time', nowSeconds + 600],
    ['auth_time', -1],
  ];
  for (const [name, value] of wrong) {
    test(`${name} ${JSON.stringify(value).slice(0, 40)} is refused`, async () => {
      expect(await withClaims({ [name]: value })).toBe(refused);
    });
  }

  test('times hold to the minute, and a token ends after a day whatever it says', async () => {
    expect(await withClaims({ exp: nowSeconds - 59 })).toBe('user');
    expect(await withClaims({ exp: nowSeconds - 60 })).toBe(refused);
    expect(await withClaims({ nbf: nowSeconds + 60 })).toBe('user');
    expect(await withClaims({ nbf: nowSeconds + 61 })).toBe(refused);
    expect(await withClaims({ iat: nowSeconds + 60 })).toBe('user');
    expect(await withClaims({ iat: nowSeconds + 61 })).toBe(refused);
    const day = 86_400;
    expect(await withClaims({ iat: nowSeconds - day - 60 })).toBe('user');
    expect(await withClaims({ iat: nowSeconds - day - 61, exp: nowSeconds + 9 * day })).toBe(
      refused,
    );
  });

  test('nbf may be missing only where the settings say so, and counts when it is there', async () => {
    const lenient = { requiresNotBefore: false };
    expect(await withClaims({ nbf: undefined }, lenient)).toBe('user');
    expect(await withClaims({ nbf: nowSeconds + 61 }, lenient)).toBe(refused);
  });
});

describe('S15 only access tokens are let in', () => {
  for (const typ of [undefined, 'JWT', 'jwt', 'logout+jwt', 'dpop+jwt', 7]) {
    test(`typ ${JSON.stringify(typ)} is refused where at+jwt is demanded`, async () => {
      expect(await outcome({ header: { typ } })).toBe(refused);
    });
  }

  test('the media type may be written in full', async () => {
    expect(await outcome({ header: { typ: 'application/at+jwt' } })).toBe('user');
  });

  test('JWT is let in where the settings demand it, and nothing else then', async () => {
    const plain = { requiredType: 'JWT' } as const;
    expect(await outcome({ header: { typ: 'JWT' } }, plain)).toBe('user');
    expect(await outcome({ header: { typ: undefined } }, plain)).toBe(refused);
    expect(await outcome({}, plain)).toBe(refused);
  });

  const idTokens: readonly NonNullable<TokenChange['claims']>[] = [
    { nonce: 'n' },
    { at_hash: 'h' },
    { c_hash: 'h' },
    { typ: 'ID' },
    { typ: 'Refresh' },
    { token_use: 'id' },
    { events: {} },
    { cnf: { jkt: 'thumbprint' } },
  ];
  for (const claims of idTokens) {
    test(`${JSON.stringify(claims)} marks another kind of token`, async () => {
      const change = { header: { typ: 'JWT' }, claims };
      expect(await outcome(change, { requiredType: 'JWT' })).toBe(refused);
    });
  }
});

describe('S15 the client is demanded', () => {
  const parties = { authorizedParties: ['portal'] };

  test('by azp, client_id or appid, and all that are there must agree', async () => {
    expect(await withClaims({}, parties)).toBe('user');
    expect(await withClaims({ client_id: undefined, azp: 'portal' }, parties)).toBe('user');
    expect(await withClaims({ client_id: undefined, appid: 'portal' }, parties)).toBe('user');
    expect(await withClaims({ client_id: undefined }, parties)).toBe(refused);
    expect(await withClaims({ client_id: 'other' }, parties)).toBe(refused);
    expect(await withClaims({ azp: 'other' }, parties)).toBe(refused);
    expect(await withClaims({ client_id: ['portal'] }, parties)).toBe(refused);
  });

  test('a token for several audiences needs a client of the list', async () => {
    const aud = ['api://sluice', 'api://other'];
    expect(await withClaims({ aud: ['api://sluice'] })).toBe('user');
    expect(await withClaims({ aud })).toBe(refused);
    expect(await withClaims({ aud }, parties)).toBe('user');
    expect(await withClaims({ aud, azp: 'other' }, parties)).toBe(refused);
    expect(await withClaims({ aud: ['api://other', 'api://third'] }, parties)).toBe(refused);
  });

  test('claims of the list must have exactly their value', async () => {
    const tid = { requiredClaims: { tid: 't-1', '/realm/name': 'main' } };
    const realm = { name: 'main' };
    expect(await withClaims({ tid: 't-1', realm }, tid)).toBe('user');
    expect(await withClaims({ tid: 't-2', realm }, tid)).toBe(refused);
    expect(await withClaims({ tid: ['t-1'], realm }, tid)).toBe(refused);
    expect(await withClaims({ tid: 't-1' }, tid)).toBe(refused);
  });
});
