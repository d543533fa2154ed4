import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  grantedRights,
  isWithinRights,
  type KeyRights,
} from '../../../lib/core/keys/key-rights.ts';
import type { KeyPrincipal, Labels, Scope, UserPrincipal } from '../../../lib/core/principal.ts';
import { ownerScopes, roleScopes } from '../../../lib/core/principal.ts';
import { keyWorld, operator, owner } from './key-world.ts';

const wish = { tenantId: 'acme', name: 'k' } as const;
const limited: UserPrincipal = {
  ...owner,
  role: 'admin',
  scopes: roleScopes.admin,
  labels: { system: ['shop', 'crm'] },
};

describe('who may make keys', () => {
  test('S4 a key cannot, whatever it may do otherwise', async () => {
    const { service, rows } = keyWorld();
    const { key, record } = await service.create(operator, wish);
    const maker = await service.authenticate(key);
    expect(maker.scopes).toContain('keys:write');
    const text = {
      code: 'forbidden',
      message: 'A key cannot make or rotate keys. Sign in as a person, or ask the operator.',
    };
    await expect(service.create(maker, wish)).rejects.toMatchObject(text);
    await expect(service.rotate(maker, { keyId: record.id })).rejects.toMatchObject(text);
    expect(rows.size).toBe(1);
  });

  test('a person can, for the own tenant alone', async () => {
    const { service } = keyWorld();
    const { record } = await service.create(owner, wish);
    expect(record).toMatchObject({ tenantId: 'acme', createdBy: 'user:u1', scopes: ownerScopes });
    await expect(service.create(owner, { ...wish, tenantId: 'other' })).rejects.toMatchObject({
      code: 'not_found',
    });
  });
});

describe('what a key may do', () => {
  test("S4 never more than its maker: scopes beyond one's own are named", async () => {
    const { service, rows } = keyWorld();
    const scopes = ['exports:read', 'tenant:write'] as const;
    await expect(service.create(limited, { ...wish, scopes })).rejects.toMatchObject({
      code: 'forbidden',
      mistakes: [{ pointer: '/scopes/1', message: 'You lack the scope tenant:write yourself.' }],
    });
    expect(rows.size).toBe(0);
  });

  test("K11 nor see more: labels narrow the maker's and never widen them", () => {
    const rights = (labels: Labels) => grantedRights(limited, { labels }).labels;
    expect(grantedRights(limited, {}).labels).toEqual({ system: ['shop', 'crm'] });
    expect(rights({ system: ['shop'] })).toEqual({ system: ['shop'] });
    expect(rights({ team: ['sales'] })).toEqual({ system: ['shop', 'crm'], team: ['sales'] });
    expect(grantedRights(owner, { labels: { team: ['sales'] } }).labels).toEqual({
      team: ['sales'],
    });
    expect(() => rights({ system: ['shop', 'hr'] })).toThrow(
      expect.objectContaining({
        code: 'forbidden',
        mistakes: [{ pointer: '/labels/system', message: 'You see less of this label yourself.' }],
      }),
    );
  });

  test('a label of the key reaches its principal', async () => {
    const { service } = keyWorld();
    const { key } = await service.create(limited, { ...wish, labels: { system: ['crm'] } });
    expect(await service.authenticate(key)).toMatchObject({ labels: { system: ['crm'] } });
  });

  test('S4 whatever is wished for, what is granted is within the rights of the maker', () => {
    const scope = fc.subarray([...ownerScopes] as Scope[]);
    const label = fc.dictionary(
      fc.constantFrom('system', 'team', 'constructor'),
      fc.subarray(['a', 'b', 'c']),
    );
    const rights = fc.record({ scopes: scope, labels: label });
    fc.assert(
      fc.property(rights, rights, (own, wished) => {
        const maker: UserPrincipal = { ...owner, ...own };
        const granted = grant(maker, wished);
        if (granted === undefined) return;
        expect(isWithinRights(granted, maker)).toBe(true);
        expect(granted.scopes.every((one) => own.scopes.includes(one))).toBe(true);
        for (const [name, values] of Object.entries(own.labels)) {
          const seen = Object.entries(granted.labels ?? {}).find(([other]) => other === name)?.[1];
          expect(seen?.every((value) => values.includes(value))).toBe(true);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

function grant(maker: UserPrincipal | KeyPrincipal, wished: KeyRights): KeyRights | undefined {
  try {
    return grantedRights(maker, wished);
  } catch {
    return undefined;
  }
}
