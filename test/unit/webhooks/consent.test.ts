import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import { createDeliverer } from '../../../lib/core/webhooks/deliver.ts';
import type { OutboundResult } from '../../../lib/core/webhooks/outbound.ts';
import { accepted, hourMs, refused, scene } from './scene.ts';
import { challengeIn, consenting, type Receive, service, silent, url } from './service-scene.ts';

const says = (answer: (challenge: string, body: string) => string): Receive => {
  return (request, challenge) => ({
    ok: true,
    status: 200,
    ...(challenge === undefined ? {} : { answer: answer(challenge, request.body) }),
  });
};

describe('X5 consent on first save', () => {
  test('the challenge is signed like every webhook, random, and asked for at once', async () => {
    const { create, posts } = service();
    const first = await create('acme', 'key:k1', { url });
    await create('acme', 'key:k1', { url });
    const [post, other] = posts;
    if (post === undefined || other === undefined) throw new TypeError('no post');
    const body = new Webhook(first.signingSecret).sign(
      post.headers['webhook-id'] ?? '',
      new Date(Number(post.headers['webhook-timestamp']) * 1000),
      post.body,
    );
    expect(post.headers['webhook-signature']).toBe(body);
    expect(JSON.parse(post.body)).toEqual({
      type: 'webhook.validation',
      timestamp: '2026-11-20T10:00:00.000Z',
      tenantId: 'acme',
      endpointId: first.endpoint.id,
      challenge: expect.stringMatching(/^[0-9a-z]{32}$/),
    });
    expect(challengeIn(other)).not.toBe(challengeIn(post));
  });

  const consents: readonly (readonly [string, Receive])[] = [
    ['as an object', consenting],
    ['as plain text', says((challenge) => challenge)],
    ['as text with a line end', says((challenge) => `${challenge}\r\n`)],
    ['as a JSON string', says((challenge) => JSON.stringify(challenge))],
  ];
  test.each(consents)('is given by the challenge %s', async (_name, receive) => {
    const { create, find, world } = service();
    world.receive = receive;
    const { endpoint } = await create('acme', 'key:k1', { url });
    expect(endpoint.verifiedAt).toEqual(new Date(world.nowMs));
    expect(await find('acme', endpoint.id)).toEqual(endpoint);
  });

  const refusals: readonly (readonly [string, Receive])[] = [
    ['silence', silent],
    ['an error', () => refused],
    ['another text', says(() => 'ok')],
    ['the request mirrored', says((_challenge, body) => body)],
    ['the challenge among others', says((challenge) => JSON.stringify({ challenge, a: 1 }))],
    ['the challenge under another name', says((code) => JSON.stringify({ code }))],
    ['half of it', says((challenge) => challenge.slice(0, 16))],
    ['a list', says((challenge) => JSON.stringify([challenge]))],
    [
      'an error status with it',
      (_request, challenge): OutboundResult =>
        challenge === undefined ? refused : { ok: false, error: 'http_status', status: 400 },
    ],
  ];
  test.each(refusals)(
    'is not given by %s; the endpoint is made all the same',
    async (_n, receive) => {
      const { create, find, world } = service();
      world.receive = receive;
      const { endpoint, signingSecret } = await create('acme', 'key:k1', { url });
      expect(endpoint.verifiedAt).toBeUndefined();
      expect(signingSecret).toMatch(/^whsec_/);
      expect(await find('acme', endpoint.id)).toEqual(endpoint);
    },
  );

  test('can be asked for again by verify and by test, and then the test is sent', async () => {
    const { create, verify, test: sendTest, world, posts, deliveries } = service();
    world.receive = silent;
    const { id } = (await create('acme', 'key:k1', { url })).endpoint;
    expect((await verify('acme', id)).verifiedAt).toBeUndefined();
    expect(await sendTest('acme', id)).not.toHaveProperty('delivery');
    expect(posts.map(challengeIn).filter((found) => found === undefined)).toEqual([]);
    world.receive = consenting;
    const tested = await sendTest('acme', id);
    expect(tested.endpoint.verifiedAt).toEqual(new Date(world.nowMs));
    expect(tested.delivery).toMatchObject({
      type: 'webhook.test',
      endpointId: id,
      status: 'delivered',
      attempts: [{ status: 200 }],
    });
    expect(deliveries.all('acme')).toEqual([tested.delivery]);
    expect(JSON.parse(posts.at(-1)?.body ?? '')).toMatchObject({ type: 'webhook.test' });
  });

  test('given for one address does not count for another that was set meanwhile', async () => {
    const { create, verify, find, world, endpoints } = service();
    world.receive = silent;
    const { id } = (await create('acme', 'key:k1', { url })).endpoint;
    const stored = await endpoints.find('acme', id);
    if (stored === undefined) throw new TypeError('no row');
    let moved: Promise<void> = Promise.resolve();
    world.receive = (request, challenge) => {
      const other = { ...stored.value, url: 'https://victim.example.com/' };
      moved = endpoints.update(other, stored.etag);
      return consenting(request, challenge);
    };
    await verify('acme', id);
    await moved;
    expect((await find('acme', id))?.verifiedAt).toBeUndefined();
  });

  test('our own trouble while asking costs nobody the secret; asked for again it is thrown', async () => {
    const { create, verify, world, log } = service();
    world.receive = () => {
      throw new TypeError('ours');
    };
    const { endpoint, signingSecret } = await create('acme', 'key:k1', { url });
    expect(endpoint.verifiedAt).toBeUndefined();
    expect(signingSecret).toMatch(/^whsec_/);
    expect(log.lines).toHaveLength(1);
    await expect(verify('acme', endpoint.id)).rejects.toThrow('ours');
  });
});

describe('X5 an endpoint without consent', () => {
  const unverified = async () => {
    const made = await scene();
    const stored = await made.endpoints.find('acme', 'endpoint1');
    if (stored === undefined) throw new TypeError('no row');
    const { verifiedAt, ...endpoint } = stored.value;
    await made.endpoints.update(endpoint, stored.etag);
    return made;
  };

  test('has one attempt for each event and no retry', async () => {
    const failed = await unverified();
    expect(await failed.attempt()).toEqual({ done: true });
    expect(await failed.row()).toMatchObject({ status: 'failed', attempts: [{}] });
    const delivered = await unverified();
    delivered.world.answer = accepted;
    expect(await delivered.attempt()).toEqual({ done: true });
    expect(await delivered.row()).toMatchObject({ status: 'delivered', attempts: [{}] });
    expect((await delivered.endpoint()).verifiedAt).toBeUndefined();
  });

  test('has one attempt an hour; the next event waits for its hour', async () => {
    const { attempt, announce, posts, world, row } = await unverified();
    world.answer = accepted;
    const second = await announce('export2');
    const third = await announce('export3');
    await attempt();
    expect(await attempt(second)).toEqual({ done: false, waitMs: hourMs });
    expect(await attempt(third)).toEqual({ done: false, waitMs: hourMs });
    expect(posts).toHaveLength(1);
    world.nowMs += hourMs;
    expect(await attempt(second)).toEqual({ done: true });
    expect(await attempt(third)).toEqual({ done: false, waitMs: hourMs });
    expect(posts).toHaveLength(2);
    expect(await row(second)).toMatchObject({ status: 'delivered' });
  });

  test('gives up what has waited for a day', async () => {
    const { attempt, announce, posts, world, row } = await unverified();
    const late = await announce('export2');
    for (let hour = 0; hour < 24; hour++) {
      await attempt(await announce(`filler ${hour}`));
      expect(await attempt(late)).toMatchObject({ done: false });
      world.nowMs += hourMs;
    }
    await attempt(await announce('the last filler'));
    expect(await attempt(late)).toEqual({ done: true });
    expect(await row(late)).toMatchObject({ status: 'dropped', attempts: [] });
    expect(posts).toHaveLength(25);
  });

  test('is called once by twins that take their turn at the same moment', async () => {
    const { deps, announce, posts, starter, world } = await unverified();
    world.answer = accepted;
    const ids = await Promise.all([1, 2, 3, 4].map((n) => announce(`twin ${n}`)));
    const deliverer = createDeliverer(deps);
    await Promise.allSettled(ids.map((id) => deliverer.attempt('acme', id, starter)));
    expect(posts).toHaveLength(1);
  });
});
