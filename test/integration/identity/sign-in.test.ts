import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createRemoteKeys } from '../../../lib/adapters/identity/remote-keys.ts';
import type { IssuerRules, SettingsIssuer } from '../../../lib/core/identity/issuer.ts';
import { createSignIn } from '../../../lib/core/identity/sign-in.ts';
import { type IdentityProvider, startIdentityProvider } from '../../support/identity-provider.ts';
import { stampIn } from '../../support/residency.ts';
import { memoryTenants } from '../../unit/identity/world.ts';

let provider: IdentityProvider;
beforeAll(async () => {
  provider = await startIdentityProvider();
});
afterAll(() => provider[Symbol.asyncDispose]());
beforeEach(() => {
  provider.mood = 'well';
});

function rulesOf(change: Partial<IssuerRules> = {}): IssuerRules {
  return {
    issuer: provider.issuer,
    audience: provider.audience,
    algorithms: ['RS256'],
    requiredType: 'at+jwt',
    requiresNotBefore: true,
    authorizedParties: ['portal', 'worker'],
    requiredClaims: {},
    roleClaim: 'groups',
    roles: { analysts: 'analyst' },
    labelClaims: { system: 'systems' },
    ...change,
  };
}

/** A sign-in with keys of its own, and a clock that may run ahead. */
function world(change: Partial<IssuerRules> = {}, issuers?: readonly SettingsIssuer[]) {
  const time = { aheadMs: 0 };
  const clock = () => new Date(Date.now() + time.aheadMs);
  const keys = createRemoteKeys({ clock, allowLoopback: true });
  const tenants = memoryTenants(['acme', 'neighbour']);
  const own: SettingsIssuer = { rules: rulesOf(change), tenant: { kind: 'one', tenantId: 'acme' } };
  const residency = stampIn('here', tenants.tenants);
  const signIn = createSignIn({ ...tenants, issuers: issuers ?? [own], keys, residency, clock });
  const outcome = (token: string) =>
    signIn(token).then(
      () => 'let in',
      ({ code }) => String(code),
    );
  return { signIn, outcome, tenants, pass: (ms: number) => (time.aheadMs += ms) };
}

describe('with a real provider', () => {
  test('somebody signs in by code and PKCE and is known by the access token', async () => {
    const { signIn } = world();
    const claims = { groups: ['staff', 'analysts'], systems: ['shop'] };
    const { accessToken } = await provider.signIn('ada', claims);
    const principal = await signIn(accessToken);
    expect(principal).toEqual({
      kind: 'user',
      tenantId: 'acme',
      userId: expect.stringMatching(/^[0-9a-z]{26}$/),
      role: 'analyst',
      scopes: ['exports:read', 'exports:run', 'links:create'],
      labels: { system: ['shop'] },
      signedInAt: new Date(Number(decodeJwt(accessToken)['auth_time']) * 1000),
    });
    const later = await provider.signIn('ada', { systems: ['shop'] });
    expect(await signIn(later.accessToken)).toMatchObject({
      userId: principal.userId,
      role: 'member',
    });
  });

  test('the keys are found by discovery, or at the address of the settings', async () => {
    const { accessToken } = await provider.signIn('ada');
    const from = async (change: Partial<IssuerRules>) => {
      const start = provider.asked.length;
      expect(await world(change).outcome(accessToken)).toBe('let in');
      return provider.asked.slice(start);
    };
    expect(await from({})).toEqual(['/.well-known/openid-configuration', '/jwks']);
    expect(await from({ jwksUri: `${provider.issuer}/jwks` })).toEqual(['/jwks']);
  });

  test('a machine gets in with its own token', async () => {
    const token = await provider.machineToken({ groups: 'analysts' });
    expect(decodeJwt(token)['client_id']).toBe('worker');
    expect(await world().outcome(token)).toBe('let in');
  });

  test('S15 an ID token of the same sign-in is refused, even where its type is let in', async () => {
    const { idToken } = await provider.signIn('ada');
    expect(decodeProtectedHeader(idToken)).toMatchObject({ alg: 'RS256' });
    expect(await world().outcome(idToken)).toBe('unauthenticated');
    const careless = { audience: 'portal', requiredType: 'JWT', requiresNotBefore: false } as const;
    expect(await world(careless).outcome(idToken)).toBe('unauthenticated');
  });

  test('S15 a token for another audience, or another client, is refused', async () => {
    const { accessToken } = await provider.signIn('ada');
    expect(await world({ audience: 'https://other.example' }).outcome(accessToken)).toBe(
      'unauthenticated',
    );
    expect(await world({ authorizedParties: ['worker'] }).outcome(accessToken)).toBe(
      'unauthenticated',
    );
  });

  test("S16 the same subject at another provider is somebody else, and can't be the first", async () => {
    await using second = await startIdentityProvider();
    const [one, two] = [await provider.signIn('ada'), await second.signIn('ada')];
    const bound = (issuer: string, tenantId: string): SettingsIssuer => ({
      rules: rulesOf({ issuer }),
      tenant: { kind: 'one', tenantId },
    });
    const { signIn } = world({}, [
      bound(provider.issuer, 'acme'),
      bound(second.issuer, 'neighbour'),
    ]);
    const [ada, other] = [await signIn(one.accessToken), await signIn(two.accessToken)];
    expect([ada.tenantId, other.tenantId]).toEqual(['acme', 'neighbour']);
    expect(other.userId).not.toBe(ada.userId);
  });
});

describe('S15 the keys of a real provider', () => {
  test('rotate while people work: the new one is in after 30 seconds, the old one out', async () => {
    const { outcome, pass } = world();
    const before = await provider.signIn('ada');
    expect(await outcome(before.accessToken)).toBe('let in');
    await provider.rotate();
    const after = await provider.signIn('ada');
    expect(await outcome(after.accessToken)).toBe('unauthenticated');
    pass(30_000);
    expect(await outcome(after.accessToken)).toBe('let in');
    expect(await outcome(before.accessToken)).toBe('unauthenticated');
  });

  for (const mood of ['error', 'redirect', 'garbage', 'slow'] as const) {
    test(`nobody gets in while it answers with ${mood}, and everybody 5 seconds after`, async () => {
      const { outcome, pass } = world();
      const { accessToken } = await provider.signIn('ada');
      provider.mood = mood;
      const start = provider.asked.length;
      expect(await outcome(accessToken)).toBe('identity_unavailable');
      expect(provider.asked.slice(start)).toEqual(['/.well-known/openid-configuration']);
      provider.mood = 'well';
      pass(5_000);
      expect(await outcome(accessToken)).toBe('let in');
    });
  }

  test('known ones go on while it is down, for an hour', async () => {
    const { outcome, pass } = world();
    const { accessToken } = await provider.signIn('ada');
    expect(await outcome(accessToken)).toBe('let in');
    provider.mood = 'error';
    pass(59 * 60_000);
    expect(await outcome(accessToken)).toBe('let in');
    pass(60_000);
    expect(await outcome(accessToken)).toBe('identity_unavailable');
  });

  test('count only when the discovery document is for exactly this issuer', async () => {
    const { accessToken } = await provider.signIn('ada');
    const server = createServer((_, response) => {
      response.end(JSON.stringify({ issuer: `${address}/`, jwks_uri: `${provider.issuer}/jwks` }));
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      const keys = createRemoteKeys({ clock: () => new Date(), allowLoopback: true });
      const header = decodeProtectedHeader(accessToken);
      const asked = keys.find({ issuer: address, publicOnly: false }, { alg: 'RS256', ...header });
      await expect(asked).rejects.toMatchObject({
        code: 'identity_unavailable',
        internal: expect.stringContaining('another issuer'),
      });
    } finally {
      server.close();
    }
  });

  test("a tenant's own provider is called at public addresses only, by number or by name", async () => {
    const found = new Map([
      ['inside.example', ['10.0.0.1']],
      ['mixed.example', ['8.8.8.8', '127.0.0.1']],
      ['nowhere.example', []],
    ]);
    const keys = createRemoteKeys({
      clock: () => new Date(),
      allowLoopback: false,
      lookup: (name, done) =>
        done(
          null,
          (found.get(name) ?? []).map((address) => ({ address, family: 4 })),
        ),
    });
    const literals = ['10.0.0.1', '169.254.169.254', '168.63.129.16', '127.0.0.2', '[fd00::1]'];
    for (const host of [...literals, ...found.keys()]) {
      const place = { issuer: `https://${host}`, publicOnly: true };
      await expect(keys.find(place, { alg: 'RS256', kid: 'k' })).rejects.toMatchObject({
        code: 'identity_unavailable',
        internal: expect.stringContaining('its address is not public'),
      });
    }
  });

  test('a provider on this machine is for development only', async () => {
    const keys = createRemoteKeys({ clock: () => new Date(), allowLoopback: false });
    const start = provider.asked.length;
    const place = { issuer: provider.issuer, publicOnly: false };
    await expect(keys.find(place, { alg: 'RS256', kid: 'k' })).rejects.toMatchObject({
      internal: expect.stringContaining('must not be this machine'),
    });
    expect(provider.asked.length).toBe(start);
  });
});
