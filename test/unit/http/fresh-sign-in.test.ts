import { describe, expect, it } from 'vitest';
import type { TenantRoute } from '../../../functions/http/route.ts';
import { routes } from '../../../functions/http/routes.ts';
import type { UserPrincipal } from '../../../lib/core/principal.ts';
import { fakeSignIn, tokenOf } from './fake-keys.ts';
import { credentials, fakeWorld, ids, now } from './fake-services.ts';
import { client } from './http-client.ts';

const minuteMs = 60_000;

/** What each route that asks for a fresh sign-in is sent. */
const asked: Readonly<Record<string, { readonly id: string; readonly body?: object }>> = {
  createKey: { id: '', body: { name: 'k' } },
  rotateKey: { id: ids.key },
  deleteExport: { id: ids.ready },
  updateWebhook: { id: ids.webhook, body: { auth: { kind: 'none' } } },
  rotateWebhookSecret: { id: ids.webhook },
};

function tenantRoutes(): readonly TenantRoute[] {
  return routes.filter(
    (route): route is TenantRoute => route.scope !== 'public' && route.scope !== 'operator',
  );
}

/** Somebody who signed in so long ago; undefined: nobody says when. */
function worldOf(agoMs: number | undefined) {
  const signIn = async (token: string): Promise<UserPrincipal> => {
    const { signedInAt, ...person } = await fakeSignIn(token);
    if (agoMs === undefined) return person;
    return { ...person, signedInAt: new Date(now.getTime() - agoMs) };
  };
  return fakeWorld({ signIn });
}

async function ask(world: ReturnType<typeof worldOf>, name: string, credential: string) {
  const route = routes.find((one) => one.name === name);
  const sent = asked[name];
  if (route === undefined || sent === undefined) throw new Error(`Nothing is known of ${name}.`);
  const { id, body } = sent;
  return client(world)(route.method, route.path.replace(/\{\w+\}/, id), {
    credential,
    ...(body === undefined ? {} : { body }),
  });
}

describe('S16 a fresh sign-in', () => {
  it('is declared for every route that makes a credential or deletes data', () => {
    const declared = tenantRoutes().flatMap(({ name, freshSignIn }) =>
      freshSignIn === undefined ? [] : [[name, freshSignIn]],
    );
    expect(Object.fromEntries(declared)).toEqual({
      createKey: 'always',
      rotateKey: 'always',
      deleteExport: 'always',
      updateWebhook: ['auth'],
      rotateWebhookSecret: 'always',
    });
    const undeclared = tenantRoutes().filter(
      ({ audit, freshSignIn }) =>
        freshSignIn === undefined &&
        /^(key\.(create|rotate)|export\.delete|.*secret)$/.test(audit?.action ?? ''),
    );
    expect(undeclared.map(({ name }) => name)).toEqual([]);
  });

  for (const name of Object.keys(asked)) {
    it(`${name} is refused without one, as RFC 9470 says it, and nothing happens`, async () => {
      for (const agoMs of [5 * minuteMs + 1, undefined]) {
        const world = worldOf(agoMs);
        const got = await ask(world, name, tokenOf('owner'));
        expect([got.status, got.json['code']]).toEqual([401, 'fresh_sign_in_needed']);
        expect(got.headers.get('www-authenticate')).toBe(
          'Bearer error="insufficient_user_authentication", error_description="A more recent sign-in is needed", max_age="300"',
        );
        expect(got.json['detail']).toContain('at most 5 minutes old');
        expect([world.calls, world.events]).toEqual([[], []]);
        expect(world.denials).toMatchObject([
          { reason: 'fresh_sign_in_needed', principal: { kind: 'user', userId: 'owner' } },
        ]);
      }
    });

    it(`${name} is done with one`, async () => {
      const got = await ask(worldOf(5 * minuteMs), name, tokenOf('owner'));
      expect(got.status).toBeLessThan(300);
    });
  }

  it('is not asked of keys', async () => {
    for (const name of ['deleteExport', 'updateWebhook', 'rotateWebhookSecret']) {
      expect((await ask(fakeWorld(), name, credentials.owner)).status).toBeLessThan(300);
    }
  });

  it('is asked for what the body changes, and for nothing else of the same route', async () => {
    const got = await client(worldOf(undefined))('PATCH', `v1/webhooks/${ids.webhook}`, {
      credential: tokenOf('owner'),
      body: { events: ['export.failed'] },
    });
    expect(got.status).toBe(200);
  });

  it('comes after the right to do it: who may not, is not sent to sign in', async () => {
    const got = await ask(worldOf(undefined), 'deleteExport', tokenOf('analyst'));
    expect([got.status, got.json['code']]).toEqual([403, 'forbidden']);
  });
});
