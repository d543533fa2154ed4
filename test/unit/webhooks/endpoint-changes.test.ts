import { describe, expect, test } from 'vitest';
import { createAnnouncer } from '../../../lib/core/webhooks/announce.ts';
import { sampleEvent } from '../../support/webhook-samples.ts';
import { now, service, silent, url } from './service-scene.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const basic = { kind: 'basic', username: 'u', password: 'p1' } as const;
const tokenUrl = 'https://login.example.com/token';

async function made(change: object = {}) {
  const scene = service();
  const input = { url, auth: basic, ...change };
  const { signingSecret, ...created } = await scene.create('acme', 'key:k1', input);
  const { endpoint } = await scene.verify('acme', created.endpoint.id);
  scene.posts.length = 0;
  await scene.deliveries.removeBefore('acme', new Date('2100-01-01'));
  return { ...scene, id: endpoint.id, endpoint, signingSecret };
}

describe('X5 changing an endpoint', () => {
  test('changes what was sent, keeps the rest, and asks nobody when only events change', async () => {
    const { change, id, endpoint, posts } = await made();
    const changed = await change('acme', id, { events: ['export.failed'] });
    expect(changed).toEqual({ ...endpoint, events: ['export.failed'] });
    const more = await change('acme', id, { events: ['export.failed', 'export.deleted'] });
    expect(more.eventsSince).toEqual({ 'export.deleted': now });
    await change('acme', id, { events: ['export.failed'] });
    const kept = { ...changed, eventsSince: more.eventsSince };
    expect(await change('acme', id, {})).toEqual(kept);
    expect(await change('acme', id, { url })).toEqual(kept);
    expect(posts).toEqual([]);
  });

  test('another address needs consent anew and starts with a clean record', async () => {
    const { change, id, endpoints, world, posts, checked } = await made({ auth: undefined });
    const stored = await endpoints.find('acme', id);
    if (stored === undefined) throw new TypeError('no row');
    const failing = { failingSince: new Date(), lastFailureAt: new Date(), failingMs: 1 };
    await endpoints.update({ ...stored.value, ...failing }, stored.etag);
    world.receive = silent;
    const other = 'https://other.example.com/';
    const { verifiedAt, verifiedBy, ...before } = stored.value;
    const changed = await change('acme', id, { url: other });
    expect(changed).toEqual({
      ...before,
      url: other,
      sealedConsentCode: expect.any(String),
      lastChallenge: { at: now, status: 204, error: 'challenge_not_echoed' },
    });
    expect(changed.sealedConsentCode).not.toBe(before.sealedConsentCode);
    expect(posts.map((post) => post.url)).toEqual([other]);
    expect(checked.at(-1)).toBe(other);
  });

  test('another proof needs consent anew; a secret that is absent stays', async () => {
    const { change, id, posts, endpoint } = await made();
    const changed = await change('acme', id, { auth: { kind: 'basic', username: 'other' } });
    expect(changed.auth).toEqual({ kind: 'basic', username: 'other' });
    expect(changed.sealedAuthSecret).toBe(endpoint.sealedAuthSecret);
    expect(posts[0]?.headers).toMatchObject({ authorization: `Basic ${btoa('other:p1')}` });
    expect(changed.verifiedAt).toBeDefined();
    const none = await change('acme', id, { auth: { kind: 'none' } });
    expect(none).not.toHaveProperty('sealedAuthSecret');
    await expect(
      change('acme', id, { auth: { kind: 'basic', username: 'u' } }),
    ).rejects.toMatchObject({ mistakes: [{ pointer: '/auth/password' }] });
  });

  test('of custom headers each value stays by its name', async () => {
    const headers = [
      { name: 'x-one', value: 'v1' },
      { name: 'x-two', value: 'v2' },
    ];
    const { change, id, posts } = await made({ auth: { kind: 'headers', headers } });
    const next = [{ name: 'X-Two' }, { name: 'x-three', value: 'v3' }];
    await change('acme', id, { auth: { kind: 'headers', headers: next } });
    expect(posts[0]?.headers).toMatchObject({ 'x-two': 'v2', 'x-three': 'v3' });
    expect(posts[0]?.headers).not.toHaveProperty('x-one');
  });

  test('S7 a kept OAuth 2 secret is never sent to another token URL', async () => {
    const auth = {
      kind: 'oauth2',
      tokenUrl: 'https://login.example.com/token',
      clientId: 'c',
      clientSecret: 'canary-secret',
    } as const;
    const { change, id, posts } = await made({ auth });
    const { clientSecret, ...without } = auth;
    const stolen = { ...without, tokenUrl: 'https://thief.example.com/token' };
    await expect(change('acme', id, { auth: stolen })).rejects.toMatchObject({
      mistakes: [{ pointer: '/auth/clientSecret' }],
    });
    expect(posts).toEqual([]);
    await change('acme', id, { auth: { ...without, scope: 'more' } });
    expect(posts[0]?.headers).toMatchObject({ authorization: `Basic ${btoa('c:canary-secret')}` });
  });

  const secretOf = {
    basic: { pointer: '/auth/password', auth: basic, without: { kind: 'basic', username: 'u' } },
    bearer: {
      pointer: '/auth/token',
      auth: { kind: 'bearer', token: 'canary-1' },
      without: { kind: 'bearer' },
    },
    headers: {
      pointer: '/auth/headers/0/value',
      auth: { kind: 'headers', headers: [{ name: 'x-api-key', value: 'canary-1' }] },
      without: { kind: 'headers', headers: [{ name: 'X-Api-Key' }] },
    },
    oauth2: {
      pointer: '/auth/clientSecret',
      auth: { kind: 'oauth2', tokenUrl, clientId: 'c', clientSecret: 'canary-1' },
      without: { kind: 'oauth2', tokenUrl, clientId: 'c' },
    },
  } as const;
  const elsewhere = [
    'https://thief.example.com/sluice',
    'https://hooks.example.com/another/path',
    'https://hooks.example.com/sluice?customer=2',
    'https://hooks.example.com/sluice/',
    'https://hooks.example.com/Sluice',
  ];

  test.each(Object.keys(secretOf) as (keyof typeof secretOf)[])(
    'S7 a kept %s secret is never sent to another URL, be it only another path',
    async (kind) => {
      const { auth, without, pointer } = secretOf[kind];
      const { change, id, posts, find, endpoint } = await made({ auth });
      for (const other of elsewhere) {
        await expect(change('acme', id, { url: other })).rejects.toMatchObject({
          mistakes: [{ pointer: '/auth' }],
        });
        await expect(change('acme', id, { url: other, auth: without })).rejects.toMatchObject({
          mistakes: [{ pointer }],
        });
      }
      expect(await find('acme', id)).toEqual(endpoint);
      expect(posts).toEqual([]);
    },
  );

  test('S7 the secret that is sent with the new URL goes there, and none goes back with the old one', async () => {
    const { change, id, posts } = await made();
    const [other = ''] = elsewhere;
    await change('acme', id, { url: other, auth: { ...basic, password: 'p2' } });
    expect(posts.map((post) => [post.url, post.headers['authorization']])).toEqual([
      [other, `Basic ${btoa('u:p2')}`],
    ]);
    await expect(change('acme', id, { url })).rejects.toMatchObject({
      mistakes: [{ pointer: '/auth' }],
    });
    expect((await change('acme', id, { url: other })).url).toBe(other);
    expect((await change('acme', id, { url, auth: { kind: 'none' } })).auth).toEqual({
      kind: 'none',
    });
  });

  test('S7 a secret that only signs stays with the endpoint', async () => {
    const { change, id, endpoint } = await made({
      auth: { kind: 'lakeside', secret: 'x'.repeat(24) },
    });
    const moved = await change('acme', id, { url: 'https://other.example.com/' });
    expect(moved.sealedAuthSecret).toBe(endpoint.sealedAuthSecret);
  });

  test('S7 a move that comes in between does not take a kept secret along', async () => {
    const { change, id, endpoints, posts, find } = await made();
    const [thief = ''] = elsewhere;
    const { update } = endpoints;
    let moves = 0;
    endpoints.update = async (value, etag) => {
      moves += 1;
      if (moves === 1) await change('acme', id, { url: thief, auth: { ...basic, password: 'p2' } });
      return update(value, etag);
    };
    await change('acme', id, { auth: { kind: 'basic', username: 'other' } });
    const found = await find('acme', id);
    expect(found).toMatchObject({ url: thief, auth: { username: 'other' } });
    const sent = posts.map((post) => [post.url, post.headers['authorization']]);
    expect(sent).toEqual([
      [thief, `Basic ${btoa('u:p2')}`],
      [thief, `Basic ${btoa('other:p2')}`],
    ]);
  });

  test('is for the owner only', async () => {
    const { change, rotateSecret, verify, enable, listDeliveries, id, starter, posts, ...scene } =
      await made();
    const missing = { code: 'not_found' };
    await expect(change('other', id, {})).rejects.toMatchObject(missing);
    await expect(rotateSecret('other', id, { overlapHours: 1 })).rejects.toMatchObject(missing);
    await expect(verify('other', id)).rejects.toMatchObject(missing);
    await expect(scene.test('other', id)).rejects.toMatchObject(missing);
    await expect(enable('other', id, starter)).rejects.toMatchObject(missing);
    await expect(listDeliveries('other', id, { limit: 10 })).rejects.toMatchObject(missing);
    expect(posts).toEqual([]);
  });
});

describe('X5 an endpoint that was disabled', () => {
  /** Disabled after one delivered event, then `missed` events, one a day. */
  async function disabledFor(days: number) {
    const scene = await made();
    const { endpoints, deliveries, world, id } = scene;
    const announcer = createAnnouncer({ endpoints, deliveries });
    const stored = await endpoints.find('acme', id);
    if (stored === undefined) throw new TypeError('no row');
    const disabledAt = new Date(world.nowMs);
    const health = { disabledAt, disabledReason: 'failing', failingSince: disabledAt } as const;
    await endpoints.update({ ...stored.value, ...health }, stored.etag);
    for (let day = 0; day < days; day++) {
      await announcer.announce(sampleEvent({ exportId: `day ${day}`, at: new Date(world.nowMs) }));
      world.nowMs += dayMs;
    }
    return scene;
  }

  test('is enabled and gets what it missed in seven days, each event once, the oldest first', async () => {
    const { enable, id, starter, started, deliveries, find } = await disabledFor(9);
    const { endpoint, caughtUp } = await enable('acme', id, starter);
    const { disabledAt, disabledReason, failingSince } = endpoint;
    expect({ disabledAt, disabledReason, failingSince }).toEqual({});
    expect(await find('acme', id)).toEqual(endpoint);
    expect(caughtUp).toBe(7);
    const rows = await Promise.all(started.map((found) => deliveries.find('acme', found)));
    expect(rows.map((row) => row?.value.exportId)).toEqual(
      [2, 3, 4, 5, 6, 7, 8].map((day) => `day ${day}`),
    );
    expect((await enable('acme', id, starter)).caughtUp).toBe(0);
    expect(started).toHaveLength(7);
  });

  test('is caught up in full though the first try dies half-way', async () => {
    const { enable, id, starter, started, deliveries } = await disabledFor(3);
    let starts = 0;
    const dying = {
      startDelivery: async (work: { readonly deliveryId: string }) => {
        starts += 1;
        if (starts === 2) throw new Error('died');
        return starter.startDelivery(work);
      },
    };
    await expect(enable('acme', id, dying)).rejects.toThrow('died');
    await enable('acme', id, starter);
    const pending = deliveries.all('acme').filter(({ status }) => status === 'pending');
    expect(pending).toHaveLength(3);
    expect(new Set(started)).toEqual(new Set(pending.map(({ id: open }) => open)));
  });
});

describe('X5 sending a delivery again', () => {
  async function delivered() {
    const scene = await made();
    const { test: sendTest, id } = scene;
    const { delivery } = await sendTest('acme', id);
    return { ...scene, delivery };
  }

  test('keeps webhook-id and body, and has times and attempts of its own', async () => {
    const { redeliver, delivery, starter, started, world, deliveries } = await delivered();
    world.nowMs += hourMs;
    const again = await redeliver('acme', delivery.id, starter);
    expect(again).toEqual({
      ...delivery,
      id: expect.not.stringMatching(delivery.id),
      status: 'pending',
      createdAt: new Date(world.nowMs),
      attempts: [],
      redeliveryOf: delivery.id,
    });
    expect(started).toEqual([again.id]);
    expect((await deliveries.find('acme', delivery.id))?.value).toEqual({
      ...delivery,
      redeliveries: 1,
    });
    const third = await redeliver('acme', delivery.id, starter);
    expect(third.id).not.toBe(again.id);
  });

  test('is one repetition when it is asked for twice at the same moment', async () => {
    const { redeliver, delivery, starter, deliveries } = await delivered();
    const both = await Promise.all([1, 2].map(() => redeliver('acme', delivery.id, starter)));
    expect(both[0]?.id).toBe(both[1]?.id);
    expect(deliveries.all('acme')).toHaveLength(2);
  });

  test('is refused while it is under way, for a disabled endpoint, and for strangers', async () => {
    const { redeliver, delivery, starter, endpoints, endpoint, deliveries } = await delivered();
    const pending = await redeliver('acme', delivery.id, starter);
    await expect(redeliver('acme', pending.id, starter)).rejects.toMatchObject({
      code: 'webhook_state',
    });
    await expect(redeliver('other', delivery.id, starter)).rejects.toMatchObject({
      code: 'not_found',
    });
    const stored = await endpoints.find('acme', endpoint.id);
    await endpoints.update({ ...endpoint, disabledAt: new Date() }, stored?.etag ?? '');
    await expect(redeliver('acme', delivery.id, starter)).rejects.toMatchObject({
      code: 'webhook_state',
    });
    await endpoints.remove('acme', endpoint.id);
    await expect(redeliver('acme', delivery.id, starter)).rejects.toMatchObject({
      code: 'not_found',
    });
    expect(deliveries.all('acme')).toHaveLength(2);
  });
});
