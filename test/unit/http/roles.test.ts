import { beforeAll, describe, expect, it } from 'vitest';
import type { Route } from '../../../functions/http/route.ts';
import { routes } from '../../../functions/http/routes.ts';
import type { KeyService } from '../../../lib/core/keys/key-service.ts';
import type { KeyWish, NewKey } from '../../../lib/core/keys/new-key.ts';
import { type Role, roleScopes, type Scope, scopes } from '../../../lib/core/principal.ts';
import { keyWorld, operator, owner } from '../keys/key-world.ts';
import { tokenOf } from './fake-keys.ts';
import { fakeWorld, ids } from './fake-services.ts';
import { client, type Got } from './http-client.ts';

/**
 * The matrix of security.md §10, 4 and 11: every guarded route × every role, every scope taken away,
 * and every way in which a real key can be over. A new route is in it by being in the table.
 */
const guarded = routes.filter(({ scope }) => scope !== 'public');
const tenants = guarded.filter(({ scope }) => scope !== 'operator');
const roles = Object.keys(roleScopes).filter((name): name is Role =>
  Object.hasOwn(roleScopes, name),
);

const pathOf = ({ path }: Route) => path.replace(/\{\w+\}/g, ids.missing);

function isAllowed(role: Role, { scope }: Route): boolean {
  const own: readonly string[] = roleScopes[role];
  return scope === 'signed-in' || own.includes(scope);
}

function expectForbidden(got: Got, calls: readonly unknown[], text: string): void {
  expect([got.status, got.json['code'], calls]).toEqual([403, 'forbidden', []]);
  expect(got.json['detail']).toContain(text);
}

describe('S4 every route × every role', () => {
  for (const route of guarded) {
    for (const role of roles) {
      const allowed = isAllowed(role, route);
      it(`${role} is ${allowed ? 'let through' : 'refused'} at ${route.method} ${route.path}`, async () => {
        const world = fakeWorld();
        const got = await client(world)(route.method, pathOf(route), { credential: tokenOf(role) });
        if (allowed) expect([401, 403]).not.toContain(got.status);
        else if (route.scope === 'operator') expectForbidden(got, world.calls, "operator's alone");
        else expectForbidden(got, world.calls, `Your role lacks the scope ${route.scope}.`);
      });
    }
  }
});

describe('real keys', () => {
  const world = keyWorld({ environment: 'test' });
  const made = new Map<string, NewKey>();
  const make = async (name: string, changes: Partial<KeyWish> = {}) => {
    made.set(
      name,
      await world.service.create(operator, { tenantId: ids.tenant, name, ...changes }),
    );
  };
  const madeAs = (name: string): NewKey => {
    const found = made.get(name);
    if (found === undefined) throw new Error(`The test made no key ${name}.`);
    return found;
  };
  const keyOf = (name: string) => madeAs(name).key;

  beforeAll(async () => {
    await make('expired', { expiresInDays: 1 });
    world.pass(86_400_000);
    await make('rotated out');
    const keyId = madeAs('rotated out').record.id;
    await world.service.rotate(owner, { keyId, overlapHours: 0 });
    await make('revoked');
    await world.service.revoke(owner, madeAs('revoked').record.id);
    await make('bound elsewhere', { allowedAddresses: ['192.0.2.0/24'] });
    for (const scope of tenantScopes) {
      await make(scope, { scopes: tenantScopes.filter((other) => other !== scope) });
    }
  });

  const tenantScopes = scopes.filter((scope): scope is Scope => scope !== 'operator');
  const ask = async (route: Route, credential: string) => {
    const { services, calls } = fakeWorld();
    const keys: KeyService = { ...services.keys, authenticate: world.service.authenticate };
    const headers = { 'x-request-id': 'r', 'x-forwarded-for': '198.51.100.1:4711' };
    const fake = fakeWorld({ keys });
    const got = await client(fake)(route.method, pathOf(route), { credential, headers });
    return { got, calls: [...calls, ...fake.calls] };
  };

  for (const route of guarded) {
    it(`S11 S13 that are over get one and the same 401 at ${route.method} ${route.path}`, async () => {
      const unknown = await ask(route, `${keyOf('revoked').slice(0, -1)}_`);
      expect(unknown.got.status).toBe(401);
      for (const name of ['expired', 'rotated out', 'revoked', 'bound elsewhere']) {
        const { got, calls } = await ask(route, keyOf(name));
        expect(calls).toEqual([]);
        expect([[...got.headers], got.text]).toEqual([[...unknown.got.headers], unknown.got.text]);
      }
    });
  }

  for (const route of tenants.filter(({ scope }) => scope !== 'signed-in')) {
    it(`S4 that lack just ${route.scope} are refused at ${route.method} ${route.path}`, async () => {
      const { got, calls } = await ask(route, keyOf(route.scope));
      expectForbidden(got, calls, `This key lacks the scope ${route.scope}.`);
    });
  }
});
