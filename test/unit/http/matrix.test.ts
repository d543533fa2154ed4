import { describe, expect, it } from 'vitest';
import { routes } from '../../../functions/http/routes.ts';
import { tablesAnswer } from '../../../lib/api/tables.ts';
import { tokenOf } from './fake-keys.ts';
import { credentials, fakeWorld, ids, table } from './fake-services.ts';
import { client } from './http-client.ts';

const unauthenticated = {
  type: '/problems/unauthenticated',
  title: 'No valid credential',
  status: 401,
  detail: 'Send a valid key as `Authorization: Bearer <key>` or `x-api-key: <key>`.',
  code: 'unauthenticated',
  requestId: 'r-1',
};

const guarded = routes.filter(({ scope }) => scope !== 'public');
const isOperators = (route: { readonly scope: string }) => route.scope === 'operator';

/** The credential and what it must get: every guarded route is tried with every row. */
const refusals = [
  { name: 'no credential', credential: () => '', status: 401 },
  { name: 'a wrong credential', credential: () => 'wrong', status: 401 },
  { name: 'an unknown key', credential: () => credentials.unknown, status: 401 },
  { name: 'a key without the scope', credential: () => credentials.member, status: 403 },
  {
    name: "the other side's credential",
    credential: (route: { readonly scope: string }) =>
      isOperators(route) ? credentials.owner : credentials.operator,
    status: 403,
  },
];

/** Every key may ask who it is, so there is no key without the scope for that. */
const refusalsOf = ({ scope }: { readonly scope: string }) =>
  refusals.filter(({ name }) => scope !== 'signed-in' || name !== 'a key without the scope');

describe('S3 every guarded route', () => {
  for (const route of guarded) {
    for (const { name, credential, status } of refusalsOf(route)) {
      it(`${route.method} ${route.path} refuses ${name} with ${status} and does nothing`, async () => {
        const world = fakeWorld();
        const send = client(world);
        const path = route.path.replace(/\{\w+\}/, ids.ready);
        const headers = { 'x-request-id': 'r-1' };
        const got = await send(route.method, path, { credential: credential(route), headers });
        expect(got.status).toBe(status);
        if (status === 401) {
          expect(got.json).toEqual(unauthenticated);
          expect(got.headers.get('www-authenticate')).toBe('Bearer');
        } else expect(got.json['code']).toBe('forbidden');
        expect(world.calls).toEqual([]);
      });
    }
  }
});

/** A table that demands a scope is no route of its own: whoever lacks the scope is not told that it is there. */
describe('K9 S4 the table audit_log', () => {
  const rows = [
    { name: 'an owner', credential: tokenOf('owner'), sees: true },
    { name: 'an admin', credential: tokenOf('admin'), sees: true },
    { name: 'an auditor', credential: tokenOf('auditor'), sees: true },
    { name: 'an analyst', credential: tokenOf('analyst'), sees: false },
    { name: 'a key of every scope', credential: credentials.owner, sees: true },
    { name: 'the same key limited to a label', credential: credentials.limited, sees: false },
  ];
  for (const { name, credential, sees } of rows) {
    it(`${sees ? 'is' : 'is not'} there for ${name}`, async () => {
      const log = { ...table, name: 'audit_log', labels: {}, scope: 'audit:read' as const };
      const catalog = { sources: {}, tables: [table, log], excluded: [] };
      const describeTables = async () => catalog.tables.map((one) => ({ table: one, columns: [] }));
      const send = client(fakeWorld({ catalog, describeTables }));
      const got = await send('GET', 'v1/tables', { credential });
      const { tables } = tablesAnswer.parse(got.json);
      expect(tables.map((one) => one.name)).toEqual(sees ? ['orders', 'audit_log'] : ['orders']);
    });
  }
});

/** What the path leads to when it is not an export. */
const ownIds: readonly (readonly [RegExp, string])[] = [
  [/keys/, ids.key],
  [/webhooks/, ids.webhook],
  [/deliveries/, ids.delivery],
  [/receipts/, ids.receipt],
];
const ownId = (path: string) => ownIds.find(([pattern]) => pattern.test(path))?.[1] ?? ids.ready;

/** Bodies of the routes that need one. */
const bodies: Readonly<Record<string, unknown>> = {
  noteFetched: { files: [{ name: 'orders-00001.csv.gz', sha256: 'e'.repeat(64) }] },
};

/** Keys cannot make keys, so these need a person. */
const peoplesRoutes: readonly string[] = ['createKey', 'rotateKey'];

/** Whoever may do everything for the tenant. */
function ownerOf(route: { readonly name: string }, isNeighbour: boolean): string {
  if (!peoplesRoutes.includes(route.name)) {
    return isNeighbour ? credentials.neighbour : credentials.owner;
  }
  return tokenOf('owner', isNeighbour ? ids.neighbour : ids.tenant);
}

describe('S1 S2 S4 a foreign id', () => {
  const withIds = guarded.filter((route) => !isOperators(route) && route.path.includes('{'));
  for (const route of withIds) {
    it(`${route.method} ${route.path} answers exactly as for a missing one`, async () => {
      const send = client();
      const own = ownId(route.path);
      const ask = (id: string, credential: string) =>
        send(route.method, route.path.replace(/\{\w+\}/, id), {
          body: bodies[route.name],
          credential,
          headers: { 'x-request-id': 'r-1' },
        });
      const foreign = await ask(own, ownerOf(route, true));
      const missing = await ask(ids.missing, ownerOf(route, false));
      expect(foreign).toEqual(missing);
      expect(foreign.status).toBe(404);
      expect((await ask(own, ownerOf(route, false))).status).toBeLessThan(300);
    });
  }
});
