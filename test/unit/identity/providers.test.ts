import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { tenantIssuer } from '../../../lib/api/tenant-issuers.ts';
import { loadIssuers } from '../../../lib/config/load-issuers.ts';
import type { SettingsIssuer } from '../../../lib/core/identity/issuer.ts';
import { issuerMistakes } from '../../../lib/core/identity/issuer-mistakes.ts';
import { newTokenKey, signToken } from '../../support/token-issuer.ts';
import { type ProviderToken, providerTokens, tokensFrom } from './provider-tokens.ts';
import { key, nowSeconds, signInWorld } from './world.ts';

/** The page's lines for each provider, by heading: what it says is what is tried here. */
const page = readFileSync(new URL('../../../lib/core/identity/README.md', import.meta.url), 'utf8');
const linesOf = new Map(
  page.split(/^### /m).map((section) => {
    const [heading = '', ...rest] = section.split('\n');
    return [heading, /```json\n([\s\S]*?)```/.exec(rest.join('\n'))?.[1]] as const;
  }),
);

const otherKey = await newTokenKey('k1');
const withAccess = providerTokens.flatMap(({ access, ...rest }) =>
  access === undefined ? [] : [{ ...rest, access }],
);

function entryOf(heading: string): Readonly<Record<string, unknown>> {
  const lines = linesOf.get(heading);
  if (lines === undefined) throw new Error(`README.md has no lines for ${heading}.`);
  return JSON.parse(lines);
}

function issuerOf(entry: object): SettingsIssuer {
  const [issuer] = loadIssuers(JSON.stringify([entry]), {
    directory: '',
    issuerMistakes: (issuers, index) => issuerMistakes(issuers, index, { allowLoopback: false }),
  });
  if (issuer === undefined) throw new Error('The entry was not read.');
  return issuer;
}

/** The token with its moments moved to a minute ago. */
function moved({ header, claims }: ProviderToken): ProviderToken {
  const shift = nowSeconds - 60 - tokensFrom;
  const times = ['iat', 'exp', 'nbf', 'auth_time'].flatMap((name) => {
    const value = claims[name];
    return typeof value === 'number' ? [[name, value + shift]] : [];
  });
  return { header, claims: { ...claims, ...Object.fromEntries(times) } };
}

async function outcome(issuer: SettingsIssuer, token: ProviderToken, by = key): Promise<string> {
  const { signIn } = signInWorld({ issuers: [issuer] });
  const { header, claims } = moved(token);
  const text = await signToken(by, { header: { typ: undefined, ...header }, claims });
  return signIn(text).then(
    ({ tenantId, role }) => `${role} of ${tenantId}`,
    ({ code }) => String(code),
  );
}

const refused = 'unauthenticated';
const change = (token: ProviderToken, claims: object): ProviderToken => ({
  ...token,
  claims: { ...token.claims, ...claims },
});

function without({ header, claims }: ProviderToken, name: string): ProviderToken {
  const rest = Object.entries(claims).filter(([claim]) => claim !== name);
  return { header, claims: Object.fromEntries(rest) };
}

describe('S15 the lines of README.md for', () => {
  for (const { heading, access, id } of withAccess) {
    const entry = entryOf(heading);
    const issuer = issuerOf(entry);
    const partyName = ['azp', 'client_id', 'appid', 'cid'].find((name) => name in access.claims);

    test(`${heading} let its access token in`, async () => {
      expect(await outcome(issuer, access)).toBe('admin of acme');
    });

    test(`${heading} are taken at a tenant too`, () => {
      const { tenantId, ...rules } = entry;
      expect(tenantIssuer.parse(rules)).toEqual(issuer.rules);
    });

    test(`${heading} refuse its ID token`, async () => {
      expect(await outcome(issuer, id)).toBe(refused);
    });

    test(`${heading} refuse its ID token even with the client for the audience, and every party known`, async () => {
      const audience = String(id.claims.aud);
      const party = access.claims[partyName ?? ''];
      const { audienceClaim, ...careless } = entry;
      const aud = issuerOf({ ...careless, audience, authorizedParties: [audience, party] });
      expect(await outcome(aud, id)).toBe(refused);
      // Nor does it help to name the client as other tokens of the provider do.
      expect(await outcome(aud, change(id, { [partyName ?? '']: party }))).toBe(refused);
    });

    test(`${heading} refuse what was issued to another client`, async () => {
      expect(partyName).toBeDefined();
      expect(await outcome(issuer, change(access, { [partyName ?? '']: 'other' }))).toBe(refused);
      expect(await outcome(issuer, without(access, partyName ?? ''))).toBe(refused);
    });

    test(`${heading} refuse what is for another API, or for none`, async () => {
      const scoped = issuer.rules.audienceClaim === 'scope';
      const other = scoped ? { scope: 'openid other/use' } : { aud: 'api://other' };
      expect(await outcome(issuer, change(access, other))).toBe(refused);
      expect(await outcome(issuer, without(access, scoped ? 'scope' : 'aud'))).toBe(refused);
    });

    test(`${heading} refuse another issuer and another key`, async () => {
      const elsewhere = change(access, { iss: `${String(access.claims.iss)}/other` });
      expect(await outcome(issuer, elsewhere)).toBe(refused);
      expect(await outcome(issuer, access, otherKey)).toBe(refused);
    });
  }

  test('Google say that there are none: no entry lets its ID token in', async () => {
    const google = providerTokens.find(({ heading }) => heading === 'Google');
    if (google === undefined) throw new Error('There is no token of Google.');
    expect(linesOf.has('Google')).toBe(true);
    expect(linesOf.get('Google')).toBeUndefined();
    const { iss, aud } = google.id.claims;
    const careless = { issuer: iss, audience: aud, authorizedParties: [aud], tenantId: 'acme' };
    for (const requiredType of ['JWT', 'at+jwt']) {
      const entry = issuerOf({ ...careless, requiredType, requiresNotBefore: false });
      expect([requiredType, await outcome(entry, google.id)]).toEqual([requiredType, refused]);
    }
  });
});
