import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import { limits } from '../../../lib/core/limits.ts';
import { createDeliverer } from '../../../lib/core/webhooks/deliver.ts';
import { howToVerify } from '../../../lib/core/webhooks/how-to-verify.ts';
import type { OutboundRequest, OutboundResult } from '../../../lib/core/webhooks/outbound.ts';
import { sampleConsentCode, sampleSigningSecret } from '../../support/webhook-samples.ts';
import { accepted, hourMs, refused, scene, status } from './scene.ts';
import {
  challengeIn,
  consenting,
  now,
  type Receive,
  service,
  silent,
  url,
} from './service-scene.ts';

const says = (answer: (challenge: string, body: string) => string): Receive => {
  return (request, challenge) => ({
    ok: true,
    status: 200,
    ...(challenge === undefined ? {} : { answer: answer(challenge, request.body) }),
  });
};

const secret = sampleSigningSecret;

/** An endpoint that was made without a secret of the caller's: nobody was asked yet. */
async function made(change: Partial<Parameters<ReturnType<typeof service>['create']>[2]> = {}) {
  const scene = service();
  const { endpoint, signingSecret } = await scene.create('acme', 'key:k1', { url, ...change });
  return { ...scene, id: endpoint.id, endpoint, signingSecret };
}

/** The code that the newest request carried, as a challenge or beside an event. */
function codeIn(posts: readonly OutboundRequest[]): string {
  const { challenge, verificationCode } = JSON.parse(posts.at(-1)?.body ?? '{}');
  return challenge ?? verificationCode;
}

describe('X5 consent by challenge', () => {
  test('nobody is asked before the receiver can know the secret', async () => {
    const { posts, endpoint, signingSecret, verify, id } = await made();
    expect(posts).toEqual([]);
    expect(endpoint.verifiedAt).toBeUndefined();
    await verify('acme', id);
    const [post] = posts;
    if (post === undefined) throw new TypeError('no post');
    const signature = new Webhook(signingSecret).sign(
      post.headers['webhook-id'] ?? '',
      new Date(Number(post.headers['webhook-timestamp']) * 1000),
      post.body,
    );
    expect(post.headers['webhook-signature']).toBe(signature);
    expect(JSON.parse(post.body)).toEqual({
      type: 'webhook.validation',
      timestamp: '2026-11-20T10:00:00.000Z',
      tenantId: 'acme',
      endpointId: id,
      challenge: expect.stringMatching(/^[0-9a-z]{32}$/),
    });
  });

  test('whoever brought the secret is asked at once; every address has a challenge of its own', async () => {
    const { create, posts } = service();
    const first = await create('acme', 'key:k1', { url, secret });
    expect(first.endpoint).toMatchObject({ verifiedAt: now, verifiedBy: 'challenge' });
    await create('acme', 'key:k1', { url, secret });
    const [post, other] = posts.map(challengeIn);
    expect(post).not.toBe(other);
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
    const { endpoint } = await create('acme', 'key:k1', { url, secret });
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
      const { endpoint, signingSecret } = await create('acme', 'key:k1', { url, secret });
      expect(endpoint.verifiedAt).toBeUndefined();
      expect(signingSecret).toMatch(/^whsec_/);
      expect(await find('acme', endpoint.id)).toEqual(endpoint);
    },
  );

  test('the call stands among the deliveries, without its challenge', async () => {
    const { verify, world, posts, deliveries, id } = await made();
    world.receive = silent;
    await verify('acme', id);
    world.nowMs += 1000;
    world.receive = consenting;
    await verify('acme', id);
    const common = { type: 'webhook.validation', endpointId: id };
    const [granted, refusal] = [...deliveries.all('acme')].sort((a, b) => (a.id < b.id ? -1 : 1));
    expect(granted).toMatchObject({ ...common, status: 'delivered', attempts: [{ status: 200 }] });
    expect(refusal).toMatchObject({
      ...common,
      status: 'failed',
      attempts: [{ at: now, status: 204, error: 'challenge_not_echoed' }],
    });
    expect(JSON.stringify(deliveries.all('acme'))).not.toContain(codeIn(posts));
  });

  const failures: readonly (readonly [OutboundResult, object, RegExp])[] = [
    [status(401), { status: 401, error: 'http_status' }, /answered 401/],
    [refused, { error: 'connect_failure' }, /firewall/],
    [{ ok: false, error: 'tls_failure' }, { error: 'tls_failure' }, /certificate/],
    [{ ok: true, status: 200 }, { status: 200, error: 'unreadable_answer' }, /headers/],
    [
      { ok: true, status: 200, answer: 'ok' },
      { status: 200, error: 'challenge_not_echoed' },
      /without the challenge/,
    ],
  ];
  test.each(failures)('%j is kept, with what to do', async (answer, kept, remedy) => {
    const { verify, world, find, id } = await made();
    world.receive = () => answer;
    const { endpoint, error } = await verify('acme', id);
    expect(endpoint.lastChallenge).toEqual({ at: now, ...kept });
    expect(error).toBe(endpoint.lastChallenge?.error);
    expect(await find('acme', id)).toEqual(endpoint);
    expect(howToVerify(endpoint)).toMatch(remedy);
    world.receive = consenting;
    expect((await verify('acme', id)).endpoint).not.toHaveProperty('lastChallenge');
  });

  test('given for one address does not count for another that was set meanwhile', async () => {
    const { verify, find, world, endpoints, id } = await made();
    const stored = await endpoints.find('acme', id);
    if (stored === undefined) throw new TypeError('no row');
    let moved: Promise<void> = Promise.resolve();
    world.receive = (request, challenge) => {
      const other = {
        ...stored.value,
        url: 'https://victim.example.com/',
        sealedConsentCode: 'of the other address',
      };
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
    const { endpoint, signingSecret } = await create('acme', 'key:k1', { url, secret });
    expect(endpoint.verifiedAt).toBeUndefined();
    expect(signingSecret).toMatch(/^whsec_/);
    expect(log.lines).toHaveLength(1);
    await expect(verify('acme', endpoint.id)).rejects.toThrow('ours');
  });
});

describe('L10 a receiver that cannot give a challenge back', () => {
  test('is verified by the code that its owner read there, from a challenge, a test or an event', async () => {
    for (const send of ['verify', 'test'] as const) {
      const { verify, posts, world, id, find, test: sendTest } = await made();
      world.receive = silent;
      await (send === 'verify' ? verify('acme', id) : sendTest('acme', id));
      const { endpoint } = await verify('acme', id, ` ${codeIn(posts)}\n`);
      expect(endpoint).toMatchObject({ verifiedAt: now, verifiedBy: 'code' });
      expect(await find('acme', id)).toEqual(endpoint);
      expect(posts).toHaveLength(1);
    }
    const { posts, attempt } = await scene({ unproven: true });
    await attempt();
    expect(codeIn(posts)).toBe(sampleConsentCode);
    expect(Buffer.byteLength(posts[0]?.body ?? '')).toBeLessThan(limits.webhookBodyBytesMax);
  });

  test('is not verified by another code, nor by that of another address or endpoint', async () => {
    const { verify, posts, world, id, create, change, find, test: sendTest } = await made();
    world.receive = silent;
    await sendTest('acme', id);
    const ofOldUrl = codeIn(posts);
    await change('acme', id, { url: 'https://victim.example.com/' });
    const other = await create('acme', 'key:k1', { url });
    await sendTest('acme', other.endpoint.id);
    const ofOther = codeIn(posts);
    for (const code of [ofOldUrl, ofOther, '', 'x'.repeat(32), '0', `${ofOther}0`]) {
      await expect(verify('acme', id, code)).rejects.toMatchObject({ code: 'webhook_code_wrong' });
    }
    expect((await find('acme', id))?.verifiedAt).toBeUndefined();
  });

  test('has its guesses counted with the calls', async () => {
    const { verify, id } = await made();
    let tries = 0;
    const guess = () => verify('acme', id, `guess ${tries++}`).catch(({ code }) => code);
    while ((await guess()) === 'webhook_code_wrong');
    expect(tries).toBeLessThanOrEqual(limits.webhookCallsPerHour);
  });

  test('on a host that the operator vouches for needs no proof', async () => {
    const trusted = 'https://hooks.trusted.example/in';
    const { create, posts, change, verify, id } = await made();
    const { endpoint } = await create('acme', 'key:k1', { url: trusted });
    expect(endpoint).toMatchObject({ verifiedAt: now, verifiedBy: 'operator' });
    expect(await change('acme', id, { url: trusted })).toMatchObject({ verifiedBy: 'operator' });
    expect((await verify('acme', id)).endpoint).toMatchObject({ verifiedBy: 'operator' });
    expect(posts).toEqual([]);
    const near = await create('acme', 'key:k1', { url: 'https://x.hooks.trusted.example/' });
    expect(near.endpoint.verifiedAt).toBeUndefined();
  });

  test('gets retries like everybody once it is verified', async () => {
    const { attempt, row, endpoints } = await scene({ unproven: true });
    const stored = await endpoints.find('acme', 'endpoint1');
    if (stored === undefined) throw new TypeError('no row');
    await endpoints.update({ ...stored.value, verifiedAt: now, verifiedBy: 'code' }, stored.etag);
    expect(await attempt()).toEqual({ done: false, waitMs: 5000 });
    expect(await row()).toMatchObject({ status: 'pending' });
  });
});

describe('X5 an endpoint without consent', () => {
  const unverified = () => scene({ unproven: true });

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
