import { describe, expect, it } from 'vitest';
import { SluiceError } from '../../../lib/core/errors.ts';
import { canaries, endpoint, fakeWorld, ids } from './fake-services.ts';
import { client } from './http-client.ts';

const shown = {
  id: ids.webhook,
  url: 'https://hooks.example/in',
  events: ['export.completed'],
  auth: { kind: 'basic', username: 'sluice', set: true },
  verified: true,
  verifiedAt: '2026-11-20T12:00:00.000Z',
  verifiedBy: 'challenge',
  createdBy: 'key:owner',
  createdAt: '2026-11-20T12:00:00.000Z',
};

const create = async (body: unknown) => {
  const world = fakeWorld();
  const got = await client(world)('POST', 'v1/webhooks', { body });
  return { ...got, calls: world.calls };
};

describe('webhooks', () => {
  it('show the signing secret once, in the answer that makes them', async () => {
    const auth = { kind: 'basic', username: 'sluice', password: 'pass:wörd' };
    const body = { url: 'https://hooks.example/in', events: ['export.completed'], auth };
    const got = await create(body);
    expect(got.status).toBe(201);
    expect(got.headers.get('location')).toBe(`/api/v1/webhooks/${ids.webhook}`);
    expect(got.json).toEqual({ ...shown, secret: 'whsec_c2hvd24gb25jZQ==' });
    expect(got.calls).toEqual([
      {
        name: 'endpoints.create',
        input: { tenantId: ids.tenant, createdBy: 'key:owner', input: body },
      },
    ]);
  });

  it('X5 that were made already are named by the problem', async () => {
    const world = fakeWorld();
    const headers = { 'idempotency-key': 'once' };
    const body = { url: 'https://hooks.example/in' };
    await client(world)('POST', 'v1/webhooks', { body, headers });
    expect(world.calls).toMatchObject([{ input: { idempotencyKey: 'once' } }]);
    world.services.endpoints.create = async () => {
      throw new SluiceError('already_created', { createdId: ids.webhook });
    };
    const got = await client(world)('POST', 'v1/webhooks', { body, headers });
    expect([got.status, got.json['code'], got.json['id']]).toEqual([
      409,
      'already_created',
      ids.webhook,
    ]);
  });

  it('S7 never show a secret again', async () => {
    const send = client();
    expect((await send('GET', `v1/webhooks/${ids.webhook}`)).json).toEqual(shown);
    expect((await send('GET', 'v1/webhooks')).json).toEqual({
      items: [shown, { ...shown, auth: { kind: 'lakeside', set: true } }],
    });
  });

  it('are deleted without a word', async () => {
    const got = await client()('DELETE', `v1/webhooks/${ids.webhook}`);
    expect([got.status, got.text]).toEqual([204, '']);
  });

  it('S7 the new secret of a rotation is shown once; the overlap is 24 hours if none is named', async () => {
    const world = fakeWorld();
    const send = client(world);
    const path = `v1/webhooks/${ids.webhook}/rotate-secret`;
    expect((await send('POST', path)).json).toEqual({ ...shown, secret: 'whsec_c2hvd24gb25jZQ==' });
    await send('POST', path, { body: { overlapHours: 0 } });
    await send('POST', path, { body: { overlapHours: 1, signFirst: 'previous' } });
    expect(world.calls.map(({ input }) => input)).toEqual([
      { overlapHours: 24 },
      { overlapHours: 0 },
      { overlapHours: 1, signFirst: 'previous' },
    ]);
    for (const overlapHours of [-1, 169, 1.5, '1']) {
      const got = await send('POST', path, { body: { overlapHours } });
      expect(got.json['errors']).toMatchObject([{ pointer: '/overlapHours' }]);
    }
  });

  it('X5 that are not verified say why and what to do; the log says that verifying failed', async () => {
    const at = '2026-11-20T12:00:00.000Z';
    const { verifiedAt, verifiedBy, ...unproven } = endpoint;
    const lastChallenge = { at: new Date(at), status: 204, error: 'challenge_not_echoed' } as const;
    const world = fakeWorld();
    const refused = { endpoint: { ...unproven, lastChallenge }, error: lastChallenge.error };
    world.services.endpoints.verify = async () => ({ ...refused, caughtUp: 0 });
    const got = await client(world)('POST', `v1/webhooks/${ids.webhook}/verify`);
    expect(got.status).toBe(200);
    expect(got.json).toMatchObject({
      verified: false,
      verification: {
        at,
        status: 204,
        error: 'challenge_not_echoed',
        next: expect.stringContaining(`POST /api/v1/webhooks/${ids.webhook}/verify`),
      },
      caughtUp: 0,
    });
    expect(world.events.map(({ facts }) => [facts.action, facts.outcome.result])).toEqual([
      ['webhook.verify', 'attempted'],
      ['webhook.verify', 'failure'],
    ]);
    expect(world.events[1]?.facts.details).toEqual({ reason: 'challenge_not_echoed' });
  });

  it('L10 take the code that their owner read, and only a text', async () => {
    const world = fakeWorld();
    const send = client(world);
    const path = `v1/webhooks/${ids.webhook}/verify`;
    expect((await send('POST', path, { body: { code: 'abc' } })).json).toEqual({
      ...shown,
      caughtUp: 3,
    });
    await send('POST', path);
    expect(world.calls.map(({ input }) => input)).toEqual([{ code: 'abc' }, {}]);
    for (const code of [5, '', null]) {
      const got = await send('POST', path, { body: { code } });
      expect(got.json['errors']).toMatchObject([{ pointer: '/code' }]);
    }
  });

  it('are changed field by field, and no other field can be', async () => {
    const world = fakeWorld();
    const send = client(world);
    const path = `v1/webhooks/${ids.webhook}`;
    const body = { auth: { kind: 'basic', username: 'other' } };
    expect((await send('PATCH', path, { body })).json).toEqual(shown);
    expect(world.calls).toEqual([{ name: 'endpoints.change', input: body }]);
    const wrong = {
      verified: true,
      verifiedAt: 'now',
      tenantId: 'x',
      disabledAt: 'x',
      secret: 'x',
    };
    const got = await send('PATCH', path, { body: wrong });
    expect(got.json['errors']).toMatchObject(
      Object.keys(wrong).map((field) => ({ pointer: `/${field}` })),
    );
  });

  it('S18 the log shows attempts with a coarse class and no body', async () => {
    const send = client();
    const got = await send('GET', `v1/webhooks/${ids.webhook}/deliveries`);
    const at = '2026-11-20T12:00:00.000Z';
    const item = {
      id: ids.delivery,
      endpointId: ids.webhook,
      webhookId: 'msg_1',
      type: 'export.completed',
      exportId: ids.ready,
      status: 'delivered',
      createdAt: at,
      attempts: [
        { at, ms: 12, error: 'timeout' },
        { at, ms: 7, status: 204 },
      ],
    };
    expect(got.json).toEqual({ items: [item], nextCursor: 'next' });
    expect(got.text).not.toContain(canaries.internal);
    const again = await send('POST', `v1/deliveries/${ids.delivery}/redeliver`);
    expect([again.status, again.json]).toEqual([202, item]);
    const tested = await send('POST', `v1/webhooks/${ids.webhook}/test`);
    expect(tested.json).toEqual({ verified: true, delivery: item });
    const enabled = await send('POST', `v1/webhooks/${ids.webhook}/enable`);
    expect(enabled.json).toEqual({ ...shown, caughtUp: 2 });
  });

  const url = 'https://hooks.example/in';
  const basic = { kind: 'basic', username: 'u', password: 'p' };
  const wrong: readonly (readonly [string, unknown, readonly string[]])[] = [
    ['no address', {}, ['/url']],
    ['an unknown event', { url, events: ['export.exploded'] }, ['/events/0']],
    ['no event', { url, events: [] }, ['/events']],
    ['an unknown kind of proof', { url, auth: { kind: 'oauth' } }, ['/auth/kind']],
    [
      'a password of 257',
      { url, auth: { ...basic, password: 'p'.repeat(257) } },
      ['/auth/password'],
    ],
    ['a line break', { url, auth: { ...basic, password: 'p\r\nX: y' } }, ['/auth/password']],
    ['a colon in the name', { url, auth: { ...basic, username: 'a:b' } }, ['/auth/username']],
    ['a short secret', { url, auth: { kind: 'lakeside', secret: 'short' } }, ['/auth/secret']],
    ['a foreign field', { url, auth: { ...basic, set: true } }, ['/auth/set']],
    ['another signing secret', { url, secret: 'secret' }, ['/secret']],
    ['several mistakes', { events: 5, secret: 5, x: 1 }, ['/url', '/events', '/secret', '/x']],
  ];
  const words: readonly (readonly [unknown, string, RegExp])[] = [
    [{}, '/url', /for example https:/],
    [{ url: 5 }, '/url', /for example https:/],
    [{ url: '' }, '/url', /for example https:/],
    [{ url: 'x'.repeat(2001) }, '/url', /at most 2000/],
    [{ url, events: 'export.completed' }, '/events', /for example \["export\.completed"/],
    [{ url, events: ['export.done'] }, '/events/0', /"export\.completed"/],
    [{ url, auth: { kind: 'headers', headers: {} } }, '/auth/headers', /\[\{"name": "x-api-key"/],
    [{ url, auth: { kind: 'bearer', token: 5 } }, '/auth/token', /8 to 4096/],
    [{ url, auth: { kind: 'oauth2', clientId: 'c' } }, '/auth/tokenUrl', /access tokens/],
    [{ url, secret: 'abc' }, '/secret', /"whsec_" and the base64 of 24 to 64/],
    [{ url, name: 'x' }, '/name', /Known ones: url, events, auth, secret/],
  ];
  it.each(words)('%j is told what to send', async (body, pointer, text) => {
    const got = await create(body);
    const message = expect.stringMatching(text);
    expect(got.json['errors']).toEqual([{ pointer, message }]);
  });

  for (const [name, body, pointers] of wrong) {
    it(`with ${name} get 400`, async () => {
      const got = await create(body);
      expect(got.json['code']).toBe('invalid_body');
      expect(got.json['errors']).toMatchObject(pointers.map((pointer) => ({ pointer })));
      expect(got.calls).toEqual([]);
    });
  }
});
