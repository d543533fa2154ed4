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

  const plain = { requiredType: 'JWT', authorizedParties: ['portal'] } as const;

  test('JWT or no type at all is let in where the settings demand it, and nothing else then', async () => {
    for (const typ of ['JWT', 'jwt', 'application/jwt', undefined]) {
      expect([typ, await outcome({ header: { typ } }, plain)]).toEqual([typ, 'user']);
    }
    for (const typ of ['at+jwt', 'logout+jwt', 'id+jwt', '', 7, null, ['JWT']]) {
      expect([typ, await outcome({ header: { typ } }, plain)]).toEqual([typ, refused]);
    }
  });

  test('one of a plain type must show by a claim that it is an access token', async () => {
    const asked = (claims: NonNullable<TokenChange['claims']>) =>
      outcome({ header: { typ: 'JWT' }, claims: { scope: undefined, ...claims } }, plain);
    expect(await asked({})).toBe(refused);
    for (const claims of [
      { scope: '' },
      { scp: [] },
      { typ: 'bearer' },
      { token_use: 'refresh' },
    ]) {
      expect([claims, await asked(claims)]).toEqual([claims, refused]);
    }
    for (const claims of [
      { scp: 'x' },
      { scp: ['x'] },
      { typ: 'Bearer' },
      { token_use: 'access' },
    ]) {
      expect([claims, await asked(claims)]).toEqual([claims, 'user']);
    }
  });

  test('a nonce is taken from nobody but a known client of a provider that marks its tokens', async () => {
    const withNonce = (claims: object, rules: Partial<IssuerRules>) =>
      outcome({ header: { typ: 'JWT' }, claims: { nonce: 'n', ...claims } }, rules);
    expect(await withNonce({ typ: 'Bearer' }, plain)).toBe('user');
    expect(await withNonce({ typ: 'Bearer', scope: undefined }, plain)).toBe('user');
    expect(await withNonce({}, plain)).toBe(refused);
    expect(await withNonce({ typ: 'ID' }, plain)).toBe(refused);
    expect(await withNonce({ typ: 'Bearer', at_hash: 'h' }, plain)).toBe(refused);
    expect(await withNonce({ typ: 'Bearer', client_id: 'other' }, plain)).toBe(refused);
    const unknown = { requiredType: 'JWT', requiredClaims: { sub: 'ada' } } as const;
    expect(await withNonce({ typ: 'Bearer' }, unknown)).toBe(refused);
  });

  test('an audience in the scope is a whole word of it, of a token without an audience', async () => {
    const inScope = { ...plain, audience: 'sluice/use', audienceClaim: 'scope' } as const;
    const ask = (claims: object) =>
      outcome({ header: { typ: undefined }, claims: { aud: undefined, ...claims } }, inScope);
    expect(await ask({ scope: 'openid sluice/use' })).toBe('user');
    for (const claims of [
      { scope: 'openid sluice/used' },
      { scope: 'openid' },
      { scope: ['sluice/use'] },
      { scp: 'sluice/use' },
      { scope: 'sluice/use', aud: 'api://other' },
      { scope: 'sluice/use', aud: 'sluice/use' },
      { scope: 'sluice/use', client_id: 'other' },
    ]) {
      expect([claims, await ask(claims)]).toEqual([claims, refused]);
    }
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
      expect(await outcome(change, plain)).toBe(refused);
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
