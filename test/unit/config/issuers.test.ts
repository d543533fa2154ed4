import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { loadIssuers } from '../../../lib/config/load-issuers.ts';
import { issuerMistakes } from '../../../lib/core/identity/issuer-mistakes.ts';

const directory = mkdtempSync(join(tmpdir(), 'sluice-issuers-'));
afterAll(() => rm(directory, { recursive: true, force: true }));

const load = (value: unknown, allowLoopback = false) =>
  loadIssuers(typeof value === 'string' ? value : JSON.stringify(value), {
    directory,
    issuerMistakes: (issuers, index) => issuerMistakes(issuers, index, { allowLoopback }),
  });

const least = { issuer: 'https://login.example', audience: 'api://sluice', tenantId: 'acme' };

function mistakesOf(value: unknown): unknown {
  try {
    return load(value);
  } catch (error) {
    return (error as { mistakes?: unknown }).mistakes;
  }
}

describe('SLUICE_ISSUERS', () => {
  test('is absent where nobody signs in', () => {
    expect(loadIssuers(undefined, { directory, issuerMistakes: () => [] })).toEqual([]);
  });

  test('has strict defaults', () => {
    expect(load([least])).toEqual([
      {
        rules: {
          issuer: 'https://login.example',
          audience: 'api://sluice',
          algorithms: ['RS256', 'ES256', 'PS256', 'EdDSA'],
          requiredType: 'at+jwt',
          requiresNotBefore: true,
          requiredClaims: {},
          roles: {},
          labelClaims: {},
        },
        tenant: { kind: 'one', tenantId: 'acme' },
      },
    ]);
  });

  test('may be a file, and may leave the tenant to a claim', () => {
    const { tenantId, ...without } = least;
    const known = { requiredType: 'JWT', authorizedParties: ['portal'] };
    const entry = { ...without, ...known, tenantClaim: 'org', algorithms: ['ES384'] };
    writeFileSync(join(directory, 'issuers.json'), JSON.stringify([entry]));
    expect(load('issuers.json')).toMatchObject([
      { rules: { algorithms: ['ES384'], requiredType: 'JWT' }, tenant: { claim: 'org' } },
    ]);
  });

  test('S14 takes no algorithm whose key is a shared secret, and none at all', () => {
    const names = ['none', 'HS256', 'RS256', 'RSA1_5', ''];
    const message = 'must be RS, PS or ES with 256, 384 or 512, or EdDSA';
    expect(mistakesOf([{ ...least, algorithms: names }])).toEqual(
      [0, 1, 3, 4].map((index) => `/0/algorithms/${index}: ${message}`),
    );
  });

  test('tells every mistake with its place', () => {
    const { tenantId, ...noTenant } = least;
    const wrong = [
      { ...least, requiredType: 'id+jwt', roles: { boss: 'operator' }, jwksURI: 'x' },
      noTenant,
      { ...least, tenantClaim: 'org' },
      { tenantId: 'ACME' },
    ];
    expect(mistakesOf(wrong)).toEqual([
      '/0/requiredType: must be at+jwt or JWT',
      '/0/roles/boss: must be owner, admin, analyst, auditor or member',
      '/0/jwksURI: there is no such field',
      '/1/tenantId: needs either tenantId or tenantClaim',
      '/2/tenantId: needs either tenantId or tenantClaim',
      '/3/issuer: Invalid input: expected string, received undefined',
      '/3/audience: Invalid input: expected string, received undefined',
      '/3/tenantId: must be 1 to 40 of a-z 0-9 and "-"',
    ]);
    expect(mistakesOf('{')).toEqual([expect.stringMatching(/^\{: ENOENT; give a JSON list/)]);
    expect(mistakesOf('[')).toEqual(['SLUICE_ISSUERS:1:2: the text ends here, but a ] is missing']);
  });

  test('S15 demands the client, or another claim, where the type of a token says nothing', () => {
    const mistake =
      '/0/authorizedParties: is needed, or requiredClaims, where the type of a token does not say what it is for';
    for (const open of [{ requiredType: 'JWT' }, { audienceClaim: 'scope' }]) {
      expect(mistakesOf([{ ...least, ...open }])).toEqual([mistake]);
      expect(load([{ ...least, ...open, authorizedParties: ['portal'] }])).toHaveLength(1);
      expect(load([{ ...least, ...open, requiredClaims: { tid: 't' } }])).toHaveLength(1);
    }
  });

  test('refuses addresses that are not https, and this machine', () => {
    const wrong = [
      'http://login.example',
      'https://localhost',
      'login.example',
      'https://a:b@c.example',
    ];
    const entries = [...wrong, ...wrong].map((issuer) => ({ ...least, issuer }));
    expect(mistakesOf([...entries.slice(0, 4), { ...least, jwksUri: 'http://x' }, least])).toEqual([
      '/0/issuer: must be an https address',
      '/1/issuer: must not be this machine',
      '/2/issuer: must be an https address',
      '/3/issuer: must not hold a user or a password',
      '/4/jwksUri: must be an https address',
      '/5/issuer: is there twice',
    ]);
    expect(load([{ ...least, issuer: 'http://127.0.0.1:9000' }], true)).toHaveLength(1);
    expect(() => load([{ ...least, issuer: 'http://10.0.0.1' }], true)).toThrow(/https address/);
  });
});
