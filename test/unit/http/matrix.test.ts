import { describe, expect, it } from 'vitest';
import { routes } from '../../../functions/http/routes.ts';
import { credentials, fakeWorld, ids } from './fake-services.ts';
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

describe('S3 every guarded route', () => {
  for (const route of guarded) {
    for (const { name, credential, status } of refusals) {
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

describe('S1 a foreign id', () => {
  const withIds = guarded.filter((route) => !isOperators(route) && route.path.includes('{'));
  for (const route of withIds) {
    it(`${route.method} ${route.path} answers exactly as for a missing one`, async () => {
      const send = client();
      const own = route.path.includes('webhooks') ? ids.webhook : ids.ready;
      const ask = (id: string, credential: string) =>
        send(route.method, route.path.replace(/\{\w+\}/, id), {
          credential,
          headers: { 'x-request-id': 'r-1' },
        });
      const foreign = await ask(own, credentials.neighbour);
      const missing = await ask(ids.missing, credentials.owner);
      expect(foreign).toEqual(missing);
      expect(foreign.status).toBe(404);
      expect((await ask(own, credentials.owner)).status).toBeLessThan(300);
    });
  }
});
