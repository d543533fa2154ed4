import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import {
  grantedRights,
  isWithinRights,
  type KeyRights,
} from '../../../lib/core/keys/key-rights.ts';
import type { KeyPrincipal, Labels, Scope, UserPrincipal } from '../../../lib/core/principal.ts';
import { ownerScopes, roleScopes } from '../../../lib/core/principal.ts';
import { keyWorld, operator, owner, started } from './key-world.ts';

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
    await expect(service.rotate(maker, { keyId: record.id })).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('This key may not replace itself'),
    });
    expect(rows.size).toBe(1);
    const { record: other } = await service.create(operator, wish);
    await expect(service.rotate(maker, { keyId: other.id })).rejects.toMatchObject(text);
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

describe('S4 whose keys one sees and ends', () => {
  const admin: UserPrincipal = { ...owner, role: 'admin', scopes: roleScopes.admin };
  const page = { limit: 50 };

  async function threeKeys() {
    const world = keyWorld();
    const make = async (name: string, changes: Partial<KeyRights>) =>
      (await world.service.create(operator, { ...wish, name, ...changes })).record;
    const whole = await make('the owner', {});
    const wide = await make('all systems', { scopes: ['exports:read'] });
    const narrow = await make('shop', { scopes: ['exports:read'], labels: { system: ['shop'] } });
    return { ...world, whole, wide, narrow };
  }

  test('a list holds the keys with no more rights than the reader has', async () => {
    const { service, whole, wide, narrow } = await threeKeys();
    const seen = async (principal: UserPrincipal) =>
      (await service.list(principal, page)).items.map(({ record }) => record.name).sort();
    expect(await seen(owner)).toEqual([whole, wide, narrow].map(({ name }) => name).sort());
    expect(await seen(admin)).toEqual([wide.name, narrow.name].sort());
    expect(await seen(limited)).toEqual([narrow.name]);
  });

  test('a page keeps its cursor when the reader sees nothing of it', async () => {
    const { service, keys } = await threeKeys();
    vi.spyOn(keys, 'list').mockResolvedValueOnce({
      items: (await keys.list('acme', page)).items.slice(-1),
      nextCursor: 'next',
    });
    expect(await service.list(limited, page)).toEqual({ items: [], nextCursor: 'next' });
  });

  test('who may less revokes nothing of it: neither a lower role, nor labels, nor a key', async () => {
    const { service, record, whole, wide, narrow, rows } = await threeKeys();
    const { key } = await service.create(operator, {
      ...wish,
      scopes: ['keys:write', 'exports:read'],
    });
    const tries = [
      [admin, whole],
      [limited, whole],
      [limited, wide],
      [await service.authenticate(key), whole],
    ] as const;
    const before = structuredClone([...rows.values()]);
    for (const [principal, { id }] of tries) {
      await expect(service.revoke(principal, id)).rejects.toMatchObject({
        code: 'forbidden',
        message: 'This key may do more than you. Ask somebody with its rights to revoke it.',
      });
    }
    expect([...rows.values()]).toEqual(before);
    for (const { id } of [narrow]) await service.revoke(limited, id);
    await service.revoke(await service.authenticate(key), wide.id);
    for (const { id } of [narrow, wide]) expect(record(id).revokedAt).toEqual(started);
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
