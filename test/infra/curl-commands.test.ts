import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { routes } from '../../functions/http/routes.ts';

const root = join(import.meta.dirname, '../..');

interface Call {
  readonly line: string;
  readonly path: string;
  readonly body: string | undefined;
}

/** The calls of the API that a document shows, as they would be typed. */
function callsIn(document: string): readonly Call[] {
  const lines = readFileSync(join(root, document), 'utf8').split('\n');
  return lines
    .filter((line) => line.startsWith('curl ') && line.includes('/api/'))
    .map((line) => ({
      line,
      path: /\/api\/([^\s"?]+)/.exec(line)?.[1] ?? '',
      body: /--json '([^']*)'/.exec(line)?.[1],
    }));
}

function routeOf({ path, body }: Call) {
  const method = body === undefined ? 'GET' : 'POST';
  return routes.find(
    (route) =>
      route.method === method &&
      new RegExp(`^${route.path.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path),
  );
}

const calls = ['README.md', 'infra/README.md'].flatMap(callsIn);

test('the documents show calls', () => {
  expect(calls.length).toBeGreaterThan(4);
});

test.each(calls.map((call) => [call.line, call] as const))('%s is taken by the API', (_, call) => {
  const route = routeOf(call);
  expect(route?.name, 'a route').toBeDefined();
  const parsed = route?.body?.safeParse(JSON.parse(call.body ?? '{}'));
  expect(parsed?.error?.issues ?? []).toEqual([]);
});

test('a body with a field that the API does not know would be found', () => {
  const call = {
    line: '',
    path: 'v1/operator/tenants/acme/keys',
    body: '{"name": "k", "role": "owner"}',
  };
  expect(routeOf(call)?.body?.safeParse(JSON.parse(call.body)).success).toBe(false);
});
