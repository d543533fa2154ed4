import { describe, expect, it } from 'vitest';
import { ownerScopes } from '../../../lib/core/principal.ts';
import { credentials, fakeWorld, ids } from './fake-services.ts';
import { client } from './http-client.ts';

describe('GET /v1/auth/me', () => {
  it('tells a key who it is, whatever its scopes are', async () => {
    expect((await client()('GET', 'v1/auth/me')).json).toEqual({
      kind: 'key',
      keyId: 'owner',
      expiresAt: '2027-02-18T12:00:00.000Z',
      renewableUntil: '2027-02-18T12:00:00.000Z',
      tenantId: ids.tenant,
      scopes: ownerScopes,
    });
    const got = await client()('GET', 'v1/auth/me', { credential: credentials.member });
    expect(got.json).toMatchObject({ keyId: 'member', scopes: ['me'] });
  });
});

describe('PATCH /v1/operator/tenants/{id}', () => {
  const issuer = { issuer: 'https://login.acme.example', audience: 'api://sluice' };
  const patch = async (body: unknown) => {
    const world = fakeWorld();
    const sent = { credential: credentials.operator, body };
    const got = await client(world)('PATCH', 'v1/operator/tenants/acme', sent);
    return { ...got, calls: world.calls };
  };

  it('gives a tenant its own identity providers, with strict defaults', async () => {
    const full = {
      ...issuer,
      algorithms: ['RS256', 'ES256', 'PS256', 'EdDSA'],
      requiredType: 'at+jwt',
      requiresNotBefore: true,
      authorizedParties: ['portal'],
      requiredClaims: {},
      roles: { staff: 'analyst' },
      labelClaims: {},
    };
    const wish = { ...issuer, authorizedParties: ['portal'], roles: { staff: 'analyst' } };
    const got = await patch({ issuers: [wish] });
    expect(got.status).toBe(200);
    expect(got.json).toMatchObject({ id: ids.tenant, issuers: [full] });
    expect(got.calls).toEqual([
      { name: 'tenants.setIssuers', input: { tenantId: 'acme', issuers: [full] } },
    ]);
  });

  it('S15 has no field by which an issuer could name a tenant, an operator or a weak algorithm', async () => {
    const wrong = {
      ...issuer,
      tenantId: 'neighbour',
      tenantClaim: 'org',
      algorithms: ['none', 'HS256'],
      roles: { staff: 'operator' },
    };
    const got = await patch({ issuers: [wrong] });
    expect(got.status).toBe(400);
    expect(got.json['errors']).toMatchObject(
      ['algorithms/0', 'algorithms/1', 'roles/staff', 'tenantId', 'tenantClaim'].map((field) => ({
        pointer: `/issuers/0/${field}`,
      })),
    );
    expect(got.calls).toEqual([]);
  });
});
