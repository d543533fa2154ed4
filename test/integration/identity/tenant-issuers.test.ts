import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { IssuerRules } from '../../../lib/core/identity/issuer.ts';
import { setTenantIssuers } from '../../../lib/core/identity/set-tenant-issuers.ts';
import { type Azurite, startAzurite } from '../../support/azurite.ts';
import { stampIn } from '../../support/residency.ts';
import { freshStores } from '../tables/fresh-stores.ts';
import { tenantOf } from '../tables/samples.ts';

let azurite: Azurite;
beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(() => azurite.stop());

const rulesOf = (issuer: string): IssuerRules => ({
  issuer,
  audience: 'api://sluice',
  jwksUri: `${issuer}/keys`,
  algorithms: ['RS256', 'EdDSA'],
  requiredType: 'JWT',
  requiresNotBefore: false,
  authorizedParties: ['portal'],
  requiredClaims: { tid: 't-1' },
  roleClaim: '/realm_access/roles',
  roles: { "it's staff": 'analyst' },
  labelClaims: { system: 'systems' },
});
const [first, second] = [
  rulesOf(`https://login.example/a?b&${'x'.repeat(400)}`),
  rulesOf('https://login.example/second'),
];

/** Two tenants in tables of their own. */
async function world() {
  const { tenants, tenantIssuers } = freshStores(azurite.connectionString);
  for (const id of ['acme', 'neighbour']) await tenants.insert(tenantOf(id));
  const residency = stampIn('westeurope', tenants);
  const deps = { tenants, tenantIssuers, residency, issuers: [], allowLoopback: false };
  const set = (id: string, issuers: readonly IssuerRules[]) => setTenantIssuers(deps, id, issuers);
  const ownerOf = async (issuer: string) => (await tenantIssuers.find(issuer))?.value;
  return { tenants, tenantIssuers, ownerOf, set };
}

describe("a tenant's own issuers in Table Storage", () => {
  test('come back whole, and point to the tenant until they are dropped', async () => {
    const { tenants, ownerOf, set } = await world();
    await set('acme', [first, second]);
    expect((await tenants.find('acme'))?.value).toEqual({
      ...tenantOf('acme'),
      issuers: [first, second],
    });
    expect(await ownerOf(first.issuer)).toBe('acme');
    await set('acme', [second]);
    expect(await ownerOf(first.issuer)).toBeUndefined();
    expect(await ownerOf(second.issuer)).toBe('acme');
    expect((await tenants.list({ limit: 10 })).items.map(({ id }) => id)).toEqual([
      'acme',
      'neighbour',
    ]);
  });

  test('are free for another tenant once they are dropped, and not before', async () => {
    const { tenantIssuers, ownerOf, set } = await world();
    await set('acme', [first]);
    await expect(set('neighbour', [first])).rejects.toMatchObject({ code: 'already_exists' });
    expect(await ownerOf(first.issuer)).toBe('acme');
    const before = await tenantIssuers.find(first.issuer);
    await set('acme', []);
    await set('neighbour', [first]);
    expect(await ownerOf(first.issuer)).toBe('neighbour');
    const pointer = await tenantIssuers.find(first.issuer);
    await tenantIssuers.release(first.issuer, before?.etag ?? '');
    expect(await tenantIssuers.find(first.issuer)).toEqual(pointer);
  });

  test('go to one of two tenants that claim them at once, every time', async () => {
    const { tenants, ownerOf, set } = await world();
    for (let round = 0; round < 20; round++) {
      const rules = rulesOf(`https://login.example/round-${round}`);
      const ids = ['acme', 'neighbour'];
      const results = await Promise.allSettled(ids.map((id) => set(id, [rules])));
      const won = ids.filter((_, index) => results[index]?.status === 'fulfilled');
      expect([round, won.length]).toEqual([round, 1]);
      expect(await ownerOf(rules.issuer)).toBe(won[0]);
      const naming = await Promise.all(ids.map(async (id) => (await tenants.find(id))?.value));
      const named = naming.filter((tenant) =>
        tenant?.issuers?.some(({ issuer }) => issuer === rules.issuer),
      );
      expect(named.map((tenant) => tenant?.id)).toEqual(won);
    }
  });
});
