import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import type { OutboundRequest } from '../../../lib/core/webhooks/outbound.ts';
import { sampleSigningSecret } from '../../support/webhook-samples.ts';
import { service, url } from './service-scene.ts';

const hourMs = 3_600_000;

/** What a receiver with this secret says to a request: the reference library decides. */
function verifies(secret: string, { headers, body }: OutboundRequest): boolean {
  try {
    // The library compares with the real clock, so the tolerance is checked where times are real.
    const stamped = Number(headers['webhook-timestamp']);
    const expected = new Webhook(secret).sign(
      headers['webhook-id'] ?? '',
      new Date(stamped * 1000),
      body,
    );
    return (headers['webhook-signature'] ?? '').split(' ').includes(expected);
  } catch {
    return false;
  }
}

async function made() {
  const scene = service();
  const { signingSecret, ...created } = await scene.create('acme', 'key:k1', { url });
  const { endpoint } = await scene.verify('acme', created.endpoint.id);
  scene.posts.length = 0;
  await scene.deliveries.removeBefore('acme', new Date('2100-01-01'));
  return { ...scene, id: endpoint.id, endpoint, signingSecret };
}

describe('S22 changing the signing secret', () => {
  test('in the overlap both secrets verify, afterwards the new one alone; a flipped byte never', async () => {
    const { rotateSecret, test: sendTest, id, signingSecret, posts, world } = await made();
    const rotated = await rotateSecret('acme', id, { overlapHours: 24 });
    expect(rotated.signingSecret).toMatch(/^whsec_/);
    expect(rotated.signingSecret).not.toBe(signingSecret);
    expect(rotated.endpoint.verifiedAt).toBeDefined();
    await sendTest('acme', id);
    world.nowMs += 24 * hourMs;
    await sendTest('acme', id);
    const seen = posts.map((post) => [
      verifies(rotated.signingSecret, post),
      verifies(signingSecret, post),
      verifies(rotated.signingSecret, { ...post, body: post.body.replace('e', 'f') }),
    ]);
    expect(seen).toEqual([
      [true, true, false],
      [true, false, false],
    ]);
  });

  test('the owner says which comes first, for receivers that look at the first one only', async () => {
    const { rotateSecret, change, test: sendTest, id, signingSecret, posts, world } = await made();
    const looksAtFirst = (secret: string) => {
      const post = posts.at(-1);
      if (post === undefined) throw new TypeError('no post');
      const [first = ''] = (post.headers['webhook-signature'] ?? '').split(' ');
      return verifies(secret, {
        ...post,
        headers: { ...post.headers, 'webhook-signature': first },
      });
    };
    const rotated = await rotateSecret('acme', id, { overlapHours: 24, signFirst: 'previous' });
    await sendTest('acme', id);
    expect([looksAtFirst(signingSecret), looksAtFirst(rotated.signingSecret)]).toEqual([
      true,
      false,
    ]);
    await change('acme', id, { signFirst: 'new' });
    await sendTest('acme', id);
    expect([looksAtFirst(signingSecret), looksAtFirst(rotated.signingSecret)]).toEqual([
      false,
      true,
    ]);
    await change('acme', id, { signFirst: 'previous' });
    world.nowMs += 24 * hourMs;
    await sendTest('acme', id);
    expect(posts.at(-1)?.headers['webhook-signature']?.split(' ')).toHaveLength(1);
    expect(looksAtFirst(rotated.signingSecret)).toBe(true);
    expect((await rotateSecret('acme', id, { overlapHours: 1 })).endpoint.signFirst).toBe('new');
  });

  test('without overlap the old secret ends at once; a secret can be brought', async () => {
    const { rotateSecret, test: sendTest, id, signingSecret, posts } = await made();
    const secret = sampleSigningSecret;
    const rotated = await rotateSecret('acme', id, { overlapHours: 0, secret });
    expect(rotated.signingSecret).toBe(secret);
    expect(rotated.endpoint).not.toHaveProperty('sealedPreviousSecret');
    await sendTest('acme', id);
    expect(posts.map((post) => verifies(signingSecret, post))).toEqual([false]);
    expect(posts.map((post) => verifies(secret, post))).toEqual([true]);
    await expect(
      rotateSecret('acme', id, { overlapHours: 0, secret: 'whsec_c2hvcnQ=' }),
    ).rejects.toMatchObject({ mistakes: [{ pointer: '/secret' }] });
  });

  test('never more than two secrets sign', async () => {
    const { rotateSecret, test: sendTest, id, posts } = await made();
    for (let round = 0; round < 3; round++) await rotateSecret('acme', id, { overlapHours: 168 });
    await sendTest('acme', id);
    expect(posts[0]?.headers['webhook-signature']?.split(' ')).toHaveLength(2);
  });
});
