import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRouteTable, matchRoute } from '../../lib/local-host/http/route-table.ts';
import type { HostFunction } from '../../lib/local-host/loader/functions.ts';
import { freshFolder } from './support/host-process.ts';
import { send } from './support/http-requests.ts';
import { startTrialHost, type TrialHost } from './support/trial-host.ts';

describe('routes', () => {
  const routes = createRouteTable(
    [
      httpFunction('rest', 'files/{*path}', ['GET']),
      httpFunction('one', 'things/{id}', ['GET']),
      httpFunction('number', 'things/{id:int}', ['GET']),
      httpFunction('list', 'things/list', ['GET']),
      httpFunction('change', 'things/{id}', ['PUT', 'DELETE']),
      httpFunction('optional', 'pages/{page?}', ['GET']),
      httpFunction('fallback', 'sorted/{by=name}', ['GET']),
      httpFunction('mixed', 'dump-{name}.{extension}', ['GET']),
      httpFunction('dotted', 'v1.0/a+b', ['GET']),
      httpFunction('open', undefined, []),
    ],
    'api',
  );
  test.each([
    ['GET', '/api/things/list', 'list', {}],
    ['GET', '/api/things/7', 'number', { id: '7' }],
    ['GET', '/api/things/seven', 'one', { id: 'seven' }],
    ['DELETE', '/api/things/7', 'change', { id: '7' }],
    ['GET', '/API/Things/LIST/', 'list', {}],
    ['GET', '/api/files/a/b%20c/d', 'rest', { path: 'a/b c/d' }],
    ['GET', '/api/files', 'rest', {}],
    ['GET', '/api/things/a%2Fb%C3%A4', 'one', { id: 'a%2Fbä' }],
    ['GET', '/api/things/%E4', 'one', { id: '%E4' }],
    ['GET', '/api/pages', 'optional', {}],
    ['GET', '/api/pages/2', 'optional', { page: '2' }],
    ['GET', '/api/sorted', 'fallback', { by: 'name' }],
    ['GET', '/api/sorted/age', 'fallback', { by: 'age' }],
    ['GET', '/api/dump-orders.csv', 'mixed', { name: 'orders', extension: 'csv' }],
    ['GET', '/api/v1.0/a+b', 'dotted', {}],
    ['POST', '/api/open', 'open', {}],
  ])('%s %s goes to %s', (method, path, name, params) => {
    const match = matchRoute(routes, method, path);
    expect([match?.target.name, match?.params]).toEqual([name, params]);
  });

  test.each([
    ['POST', '/api/things/list'],
    ['GET', '/things/list'],
    ['GET', '/api/things'],
    ['GET', '/api/v1x0/a+b'],
    ['PUT', '/api/open'],
  ])('%s %s goes nowhere', (method, path) => {
    expect(matchRoute(routes, method, path)).toBeUndefined();
  });

  test('a constraint that this host does not know is refused at start', () => {
    const target = httpFunction('x', 'a/{b:regex(c)}', ['GET']);
    expect(() => createRouteTable([target], '')).toThrow('does not know the constraint "regex(c)"');
  });
});

describe('a running host', () => {
  const folder = freshFolder();
  let host: TrialHost;

  beforeAll(async () => {
    host = await startTrialHost({ folder: folder.path });
  });

  afterAll(async () => {
    await host.process.kill('SIGTERM');
    folder.remove();
  });

  test('an empty route prefix puts routes at the root, with constraints and optional parameters', async () => {
    const response = await fetch(`${host.url}/shapes/other/12`);
    expect(await response.json()).toEqual({ params: { kind: 'other', count: '12' } });
    expect((await fetch(`${host.url}/shapes/no-dash/12`)).status).toBe(404);
  });

  test('bodies of any bytes go in and out whole', async () => {
    const bytes = Uint8Array.from({ length: 3_000_000 }, (_, index) => (index * 7) % 256);
    const response = await fetch(`${host.url}/shapes/bytes`, { method: 'POST', body: bytes });
    const answer = new Uint8Array(await response.arrayBuffer());
    expect(Buffer.compare(answer, bytes.toReversed())).toBe(0);
  });

  test('a body over 100 MB is refused with 413 before it is read', async () => {
    const headers = {
      host: new URL(host.url).host,
      'content-length': String(100 * 1_024 * 1_024 + 1),
    };
    const { status } = await send(`${host.url}/shapes/bytes`, 'POST', headers, '');
    expect(status).toBe(413);
  });

  test('cookies are set one by one, with their attributes', async () => {
    const response = await fetch(`${host.url}/shapes/cookies`);
    expect(response.headers.getSetCookie()).toEqual([
      'a=b%20c; secure; samesite=strict; httponly',
      'd=e; max-age=60; path=/x',
    ]);
  });

  test('204 has no body and no length', async () => {
    const answer = await send(
      `${host.url}/shapes/empty`,
      'GET',
      { host: new URL(host.url).host },
      undefined,
    );
    expect([answer.status, answer.body, answer.headers['content-length']]).toEqual([
      204,
      '',
      undefined,
    ]);
  });

  test('the functions are listed, on the front page and at the admin route', async () => {
    expect(await (await fetch(host.url)).text()).toContain(
      '<td>shapes</td><td>http</td><td>GET, POST, HEAD',
    );
    const listed = (await (await fetch(`${host.url}/admin/functions`)).json()) as object[];
    expect(listed).toContainEqual({ name: 'yearly', kind: 'timer' });
  });
});

function httpFunction(
  name: string,
  route: string | undefined,
  methods: readonly string[],
): HostFunction {
  const trigger = { type: 'httpTrigger', methods, ...(route === undefined ? {} : { route }) };
  return {
    name,
    kind: 'http',
    metadata: { name, bindings: {} },
    triggerName: 'request',
    trigger,
    clientInputs: [],
  };
}
