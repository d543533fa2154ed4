import { describe, expect, expectTypeOf, it } from 'vitest';
import type { Answer } from '../../../functions/http/answer.ts';
import { fallbackName } from '../../../functions/http/fallback.ts';
import type { ParamsOf, Route, TenantRoute } from '../../../functions/http/route.ts';
import { routes } from '../../../functions/http/routes.ts';
import { scopes } from '../../../lib/core/principal.ts';
import { activityNames, orchestrationNames } from '../../../orchestrations/contract.ts';
import { credentials, fakeWorld, ids } from './fake-services.ts';
import {
  answersWithoutSchema,
  client,
  registeredFunctions,
  routesWithoutSchema,
} from './http-client.ts';

interface RouteWithoutScope {
  readonly name: string;
  readonly method: 'GET';
  readonly path: string;
  handle(): Promise<Answer>;
}

describe('the route table', () => {
  it('S3 gives every route a scope from the closed list', () => {
    const known = ['public', 'signed-in', ...scopes];
    expect(routes.filter(({ scope }) => !known.includes(scope))).toEqual([]);
    expectTypeOf<RouteWithoutScope>().not.toExtend<Route>();
    expectTypeOf<RouteWithoutScope & { scope: 'public' }>().toExtend<Route>();
  });

  it('knows the names of a path and gives tenants no way to name another tenant', () => {
    expectTypeOf<ParamsOf<'v1/exports/{id}/links'>>().toEqualTypeOf<
      { readonly id: string } & unknown
    >();
    type Call = Parameters<TenantRoute['handle']>[0];
    expectTypeOf<Call['principal']['tenantId']>().toEqualTypeOf<string>();
    expect(routes.filter(({ path }) => path.includes('tenantId'))).toEqual([]);
  });

  it('names every function once, apart from orchestrations and activities, as Azure allows it', () => {
    const names = [
      ...registeredFunctions(fakeWorld()).map(({ name }) => name),
      ...Object.values(orchestrationNames),
      ...Object.values(activityNames),
    ].map((name) => name.toLowerCase());
    expect(names).toEqual([...new Set(names)]);
    expect(names.filter((name) => !/^[a-z][a-z0-9_-]{0,126}$/.test(name))).toEqual([]);
  });

  it('has each pair of method and path once', () => {
    const pairs = routes.map(({ method, path }) => `${method} ${path}`);
    expect(pairs).toEqual([...new Set(pairs)]);
  });

  it('S3 registers exactly the table and the fallback, anonymous to the host', () => {
    const registered = registeredFunctions(fakeWorld());
    expect(registered.map(({ name }) => name)).toEqual([
      ...routes.map(({ name }) => name),
      fallbackName,
    ]);
    expect(new Set(registered.map(({ authLevel }) => authLevel))).toEqual(new Set(['anonymous']));
  });

  it('has the fallback last in the alphabet, or the host would send it what other routes take', () => {
    const names = registeredFunctions(fakeWorld()).map(({ name }) => name.toLowerCase());
    expect(names.sort().at(-1)).toBe(fallbackName.toLowerCase());
  });

  it('has no two routes that take the same path, so that their order by name cannot matter', () => {
    const shape = (path: string) => path.replaceAll(/\{[^}]+\}/g, '*').split('/');
    const overlap = (one: readonly string[], other: readonly string[]) =>
      one.length === other.length &&
      one.every((part, at) => part === '*' || other[at] === '*' || part === other[at]);
    const clashes = routes.flatMap((one, index) =>
      routes
        .slice(index + 1)
        .filter(
          ({ method, path }) => method === one.method && overlap(shape(path), shape(one.path)),
        )
        .map(({ path }) => `${one.path} and ${path}`),
    );
    expect(clashes).toEqual([]);
  });

  it("gives the starter's inputs to every function: whichever sees a key in a URL tells its tenant", () => {
    const input = { type: 'durableClient', name: 'client' };
    const registered = registeredFunctions(fakeWorld(), [input]);
    const without = registered.filter(({ extraInputs }) => extraInputs?.includes(input) !== true);
    expect([registered.length, without]).toEqual([routes.length + 1, []]);
  });

  it('S6 has a strict schema for every answer in JSON', () => {
    expect(routesWithoutSchema()).toEqual(answersWithoutSchema);
  });
});

describe('GET v1', () => {
  it('lists every route with its methods and scope, itself too, to anybody', async () => {
    const got = await client()('GET', 'v1', { credential: '' });
    expect(got.json).toEqual({
      routes: routes.map(({ method, path, scope }) => ({
        path: `/api/${path}`,
        methods: method === 'GET' ? ['GET', 'HEAD'] : [method],
        scope,
      })),
    });
    expect(routes.map(({ name }) => name)).toContain('listRoutes');
  });
});

/** What the path leads to when it is not an export. */
const ownIds: readonly (readonly [RegExp, string])[] = [
  [/operator.tenants/, ids.tenant],
  [/webhooks/, ids.webhook],
  [/receipts/, ids.receipt],
];

describe('HEAD (RFC 9110, 9.3.2)', () => {
  const gets = routes.filter(({ method }) => method === 'GET');
  it.each(gets.map((route) => [route.path, route] as const))(
    'has on %s the status and the headers of GET, and no body',
    async (path, route) => {
      const id = ownIds.find(([pattern]) => pattern.test(path))?.[1] ?? ids.ready;
      const credential = route.scope === 'operator' ? credentials.operator : credentials.owner;
      const ask = (method: string, headers = {}, asked = credential) =>
        client()(method, path.replace(/\{\w+\}/, id), {
          credential: asked,
          headers: { 'x-request-id': 'r-1', ...headers },
        });
      for (const [headers, asked] of [
        [{}, credential],
        [{ accept: 'image/png' }, credential],
        [{}, ''],
      ] as const) {
        const get = await ask('GET', headers, asked);
        const head = await ask('HEAD', headers, asked);
        expect([head.status, head.text]).toEqual([get.status, '']);
        expect([...head.headers]).toEqual([...get.headers]);
        expect(get.headers.get('content-length')).toBe(String(Buffer.byteLength(get.text)));
      }
      expect((await ask('GET')).status).toBe(200);
    },
  );

  it('is 404 or 405 without a body where GET is', async () => {
    const send = client();
    const missing = await send('HEAD', 'v1/nothing');
    expect([missing.status, missing.text]).toEqual([404, '']);
    const wrong = await send('HEAD', `v1/exports/${ids.ready}/cancel`);
    expect([wrong.status, wrong.text, wrong.headers.get('allow')]).toEqual([405, '', 'POST']);
  });
});

describe('what no route takes', () => {
  it('gets 404 as a problem', async () => {
    const got = await client()('GET', 'v1/nothing', { headers: { 'x-request-id': 'r-1' } });
    expect(got.status).toBe(404);
    expect(got.json).toEqual({
      type: '/problems/not_found',
      title: 'Not found',
      status: 404,
      detail: 'There is nothing at this path. GET /api/v1 lists all routes.',
      code: 'not_found',
      requestId: 'r-1',
    });
  });

  it('gets 405 with all methods of a known path', async () => {
    const got = await client()('PUT', `v1/exports/${ids.ready}`);
    expect(got.status).toBe(405);
    expect(got.json['code']).toBe('method_not_allowed');
    expect(got.headers.get('allow')).toBe('DELETE, GET, HEAD');
  });

  it('S12 gets 400 for a key in the path', async () => {
    const world = fakeWorld();
    const got = await client(world)('GET', `v1/whoami/${credentials.owner}`, { credential: '' });
    expect(got.json['code']).toBe('key_in_url');
    expect(world.flagged).toEqual([credentials.owner]);
  });
});
