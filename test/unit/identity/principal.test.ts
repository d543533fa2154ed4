import { describe, expect, test } from 'vitest';
import { requireFreshSignIn } from '../../../lib/core/identity/fresh-sign-in.ts';
import type { IssuerRules, SettingsIssuer } from '../../../lib/core/identity/issuer.ts';
import { setTenantIssuers } from '../../../lib/core/identity/set-tenant-issuers.ts';
import { roleScopes, type UserPrincipal } from '../../../lib/core/principal.ts';
import { stampIn } from '../../support/residency.ts';
import { newTokenKey, type TokenChange } from '../../support/token-issuer.ts';
import {
  forTenant,
  issuer,
  key,
  memoryTenants,
  now,
  nowSeconds,
  rules,
  signInWorld,
  tokenWith,
} from './world.ts';

const second = 'https://login.example/second';
const otherKey = await newTokenKey('k1');

async function signedIn(
  change: NonNullable<TokenChange['claims']>,
  change2: Partial<IssuerRules> = {},
): Promise<UserPrincipal> {
  const { signIn } = signInWorld({ issuers: [forTenant('acme', change2)] });
  return signIn(await tokenWith({ claims: change }));
}

describe('S16 who somebody is', () => {
  test('comes from issuer and subject, whole and the same each time', async () => {
    const expected: UserPrincipal = {
      kind: 'user',
      tenantId: 'acme',
      userId: expect.stringMatching(/^[0-9a-z]{26}$/),
      role: 'analyst',
      scopes: ['exports:read', 'exports:run', 'links:create'],
      signedInAt: new Date((nowSeconds - 90) * 1000),
    };
    const first = await signedIn({ auth_time: nowSeconds - 90 });
    expect(first).toEqual(expected);
    expect(await signedIn({ auth_time: nowSeconds - 90, email: 'new@example.com' })).toEqual(first);
  });

  test('the same e-mail and the same subject at a second issuer is somebody else', async () => {
    const issuers = [forTenant('acme'), forTenant('acme', { issuer: second })];
    const { signIn } = signInWorld({ issuers, keys: { [issuer]: [key], [second]: [otherKey] } });
    const ada = await signIn(await tokenWith());
    const stranger = await signIn(await tokenWith({ claims: { iss: second } }, otherKey));
    expect(stranger.userId).not.toBe(ada.userId);
    const colleague = await signIn(await tokenWith({ claims: { sub: 'bob' } }));
    expect(colleague.userId).not.toBe(ada.userId);
  });

  test('no issuer can sign for another', async () => {
    const issuers = [forTenant('acme'), forTenant('neighbour', { issuer: second })];
    const { signIn } = signInWorld({ issuers, keys: { [issuer]: [key], [second]: [otherKey] } });
    await expect(signIn(await tokenWith({}, otherKey))).rejects.toMatchObject({
      code: 'unauthenticated',
    });
  });
});

describe('S15 an issuer speaks for its own tenants', () => {
  test('one that is bound to a tenant names no other, whatever its claims are', async () => {
    const naming = { tenant: 'neighbour', tid: 'neighbour', tenantId: 'neighbour' };
    expect(await signedIn(naming)).toMatchObject({ tenantId: 'acme' });
  });

  const many: SettingsIssuer = { rules, tenant: { kind: 'claim', claim: '/org/id' } };

  test('one for many tenants needs the claim, and a tenant that is here', async () => {
    const { signIn } = signInWorld({ issuers: [many] });
    const named = async (org: unknown) => signIn(await tokenWith({ claims: { org } }));
    expect(await named({ id: 'neighbour' })).toMatchObject({ tenantId: 'neighbour' });
    for (const org of [
      undefined,
      {},
      { id: 'elsewhere' },
      { id: ['acme'] },
      { id: 'ACME' },
      'acme',
    ]) {
      await expect(named(org)).rejects.toMatchObject({ code: 'unauthenticated' });
    }
  });

  test("one of the settings whose tenant is gone doesn't open anything", async () => {
    const { signIn } = signInWorld({ tenants: memoryTenants(['neighbour']) });
    await expect(signIn(await tokenWith())).rejects.toMatchObject({ code: 'unauthenticated' });
  });
});

describe('a tenant of another region whose row is here', () => {
  const copied = () => {
    const tenants = memoryTenants(['acme', 'neighbour']);
    const acme = tenants.rows.get('acme');
    if (acme !== undefined) tenants.rows.set('acme', { ...acme, region: 'northeurope' });
    return tenants;
  };

  test('K4 opens nothing to its people but the name of its region, and to strangers not even that', async () => {
    const { signIn } = signInWorld({ tenants: copied() });
    await expect(signIn(await tokenWith())).rejects.toMatchObject({
      code: 'wrong_region',
      message: 'This tenant belongs to the region northeurope. Ask your vendor for its address.',
    });
    await expect(signIn(await tokenWith({}, otherKey))).rejects.toMatchObject({
      code: 'unauthenticated',
    });
  });

  test('K4 a tenant that has no row here is as unknown as any, whatever region it may be in', async () => {
    const { signIn } = signInWorld({ issuers: [forTenant('faraway')], tenants: copied() });
    await expect(signIn(await tokenWith())).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  test('K4 gets no identity providers of its own', async () => {
    const tenants = copied();
    const residency = stampIn('here', tenants.tenants, {
      neu: { region: 'northeurope', url: 'https://north.example.com' },
    });
    const deps = { ...tenants, issuers: [], residency, allowLoopback: false };
    const own = [{ ...rules, issuer: second }];
    await expect(setTenantIssuers(deps, 'acme', own)).rejects.toMatchObject({
      code: 'wrong_region',
      message: 'This tenant belongs to the region northeurope. Use https://north.example.com.',
    });
    expect(tenants.owners).toEqual(new Map());
  });
});

describe("a tenant's own issuer", () => {
  const own = { ...rules, issuer: second };
  const set = (
    tenants: ReturnType<typeof memoryTenants>,
    tenantId: string,
    issuers: readonly IssuerRules[],
  ) =>
    setTenantIssuers(
      {
        ...tenants,
        issuers: [forTenant('acme')],
        residency: stampIn('here', tenants.tenants),
        allowLoopback: false,
      },
      tenantId,
      issuers,
    );

  test('S15 speaks for that tenant alone, and its keys come from public addresses', async () => {
    const tenants = memoryTenants(['acme', 'neighbour']);
    await set(tenants, 'neighbour', [own]);
    const world = signInWorld({ tenants, issuers: [], keys: { [second]: [otherKey] } });
    const token = await tokenWith({ claims: { iss: second, tenant: 'acme' } }, otherKey);
    expect(await world.signIn(token)).toMatchObject({ tenantId: 'neighbour' });
    expect(world.places).toEqual([{ issuer: second, publicOnly: true }]);
    await set(tenants, 'neighbour', []);
    await expect(world.signIn(token)).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(tenants.owners.size).toBe(0);
  });

  test("can't be another tenant's or the deployment's", async () => {
    const tenants = memoryTenants(['acme', 'neighbour']);
    await set(tenants, 'neighbour', [own]);
    await expect(set(tenants, 'acme', [own])).rejects.toMatchObject({ code: 'already_exists' });
    await expect(set(tenants, 'acme', [rules])).rejects.toMatchObject({ code: 'already_exists' });
    await expect(set(tenants, 'nobody', [])).rejects.toMatchObject({ code: 'not_found' });
    expect(tenants.owners).toEqual(new Map([[second, 'neighbour']]));
  });

  test('S15 a pointer without the record behind it opens nothing', async () => {
    const tenants = memoryTenants(['acme', 'neighbour']);
    expect(await tenants.tenantIssuers.claim(second, 'acme')).toBe(true);
    const { signIn } = signInWorld({ tenants, issuers: [], keys: { [second]: [otherKey] } });
    const token = await tokenWith({ claims: { iss: second } }, otherKey);
    await expect(signIn(token)).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  test('S15 is one tenant’s alone, at whatever step the other comes in between', async () => {
    for (const step of ['find', 'claim', 'update', 'confirm'] as const) {
      const tenants = memoryTenants(['acme', 'neighbour']);
      const late = interrupted(tenants, step, () => set(tenants, 'neighbour', [own]));
      const results = await Promise.allSettled([set(late.tenants, 'acme', [own])]);
      const other = await late.result().catch(({ code }) => code);
      const won = [results[0]?.status === 'fulfilled', typeof other === 'object'];
      expect([step, won.filter(Boolean).length]).toEqual([step, 1]);
      const winner = won[0] ? 'acme' : 'neighbour';
      expect([step, tenants.owners.get(second)]).toEqual([step, winner]);
      const named = [...tenants.rows.values()].filter(({ issuers = [] }) => issuers.length > 0);
      expect([step, named.map(({ id }) => id)]).toEqual([step, [winner]]);
    }
  });

  test('has an https address that is not this machine, once', async () => {
    const tenants = memoryTenants(['acme']);
    const wrong = [
      { ...rules, issuer: 'http://login.example' },
      { ...rules, issuer: 'https://localhost/x', jwksUri: 'file:///etc/passwd' },
      own,
      { ...own, requiredType: 'JWT' as const },
    ];
    await expect(set(tenants, 'acme', wrong)).rejects.toMatchObject({
      code: 'invalid_body',
      mistakes: [
        { pointer: '/issuers/0/issuer', message: 'This must be an https address.' },
        { pointer: '/issuers/1/issuer', message: 'This must not be this machine.' },
        { pointer: '/issuers/1/jwksUri', message: 'This must be an https address.' },
        { pointer: '/issuers/3/issuer', message: 'This is there twice.' },
        {
          pointer: '/issuers/3/authorizedParties',
          message:
            'This is needed, or requiredClaims, where the type of a token does not say what it is for.',
        },
      ],
    });
  });
});

describe('roles', () => {
  test('somebody without a role that means something is a member', async () => {
    const member = { role: 'member', scopes: ['me'] };
    expect(await signedIn({ roles: undefined })).toMatchObject(member);
    expect(await signedIn({ roles: [] })).toMatchObject(member);
    expect(await signedIn({ roles: ['admin', '__proto__', 'constructor'] })).toMatchObject(member);
    expect(await signedIn({ roles: 'sluice-admin' }, { roles: {} })).toMatchObject(member);
  });

  test('several add up, and the greatest is shown', async () => {
    const both = await signedIn({ roles: ['sluice-auditor', 'sluice-analyst'] });
    expect(both.role).toBe('analyst');
    expect(both.scopes).toEqual(['exports:read', 'exports:run', 'links:create', 'audit:read']);
    const admin = await signedIn({ roles: 'sluice-admin' });
    expect(admin.scopes).toEqual(roleScopes.admin);
  });

  test('may be nested, and no claim can name the operator', async () => {
    const nested = { roleClaim: '/realm_access/roles' };
    const realm_access = { roles: ['sluice-admin', 'operator'] };
    const { role, scopes } = await signedIn({ realm_access }, nested);
    expect({ role, isOperator: scopes.includes('operator') }).toEqual({
      role: 'admin',
      isOperator: false,
    });
  });
});

describe('labels', () => {
  const limited = { labelClaims: { system: 'systems', region: '/where/region' } };

  test('come from their claims; an absent claim shows nothing rather than everything', async () => {
    const found = await signedIn({ systems: ['shop', 'crm'], where: { region: 'eu' } }, limited);
    expect(found.labels).toEqual({ system: ['shop', 'crm'], region: ['eu'] });
    expect((await signedIn({ systems: 'shop' }, limited)).labels).toEqual({
      system: ['shop'],
      region: [],
    });
    expect((await signedIn({ systems: 'shop' })).labels).toBeUndefined();
  });

  test('malformed ones are refused', async () => {
    for (const systems of [7, true, null, {}, [['shop']], ['']]) {
      await expect(signedIn({ systems }, limited)).rejects.toMatchObject({
        code: 'unauthenticated',
      });
    }
  });
});

describe('S16 a fresh sign-in', () => {
  const user = (signedInAt?: Date): UserPrincipal => ({
    kind: 'user',
    tenantId: 'acme',
    userId: 'u',
    role: 'owner',
    scopes: [],
    ...(signedInAt === undefined ? {} : { signedInAt }),
  });
  const ago = (ms: number) => new Date(now.getTime() - ms);
  const refusal = expect.objectContaining({ code: 'fresh_sign_in_needed' });

  test('is at most five minutes old', () => {
    expect(() => requireFreshSignIn(user(ago(300_000)), now)).not.toThrow();
    expect(() => requireFreshSignIn(user(ago(300_001)), now)).toThrow(refusal);
  });

  test('is nothing that somebody has whose provider does not tell, and not asked of a key', () => {
    const keyPrincipal = { kind: 'key', keyId: 'k', tenantId: 'acme', scopes: [] } as const;
    expect(() => requireFreshSignIn(keyPrincipal, now)).not.toThrow();
    expect(() => requireFreshSignIn(user(), now)).toThrow(refusal);
  });
});

type MemoryTenants = ReturnType<typeof memoryTenants>;

/** The same stores, where once before a step of setting issuers something else runs to its end. */
function interrupted(
  tenants: MemoryTenants,
  step: 'find' | 'claim' | 'update' | 'confirm',
  other: () => Promise<unknown>,
): { readonly tenants: MemoryTenants; readonly result: () => Promise<unknown> } {
  let result: Promise<unknown> | undefined;
  const seen: string[] = [];
  const before = async (name: string) => {
    seen.push(name);
    const isThere =
      step === 'confirm' ? seen.filter((one) => one === 'claim').length === 2 : name === step;
    if (result !== undefined || !isThere) return;
    result = other();
    await result.catch(() => undefined);
  };
  const wrapped: MemoryTenants = {
    ...tenants,
    tenants: {
      ...tenants.tenants,
      update: async (...input) => {
        await before('update');
        return tenants.tenants.update(...input);
      },
    },
    tenantIssuers: {
      ...tenants.tenantIssuers,
      find: async (...input) => {
        await before('find');
        return tenants.tenantIssuers.find(...input);
      },
      claim: async (...input) => {
        await before('claim');
        return tenants.tenantIssuers.claim(...input);
      },
    },
  };
  return { tenants: wrapped, result: () => result ?? Promise.reject(new Error('It never ran.')) };
}
