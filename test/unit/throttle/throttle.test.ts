import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createThrottle, type Throttle } from '../../../lib/core/throttle/throttle.ts';
import { requireRoom } from '../../../lib/core/throttle/too-many-requests.ts';

function throttleWorld({ quota = 3, callersMax = 100 } = {}) {
  let nowMs = Date.UTC(2026, 2, 1);
  const clock = () => new Date(nowMs);
  const options = { policy: 'p', quota, windowSeconds: 60, callersMax, clock };
  const throttle: Throttle = createThrottle(options);
  const pass = (ms: number) => {
    nowMs += ms;
  };
  return { throttle, pass };
}

describe('a throttle', () => {
  test('allows the quota, says what is left, and when there is room again', () => {
    const { throttle, pass } = throttleWorld();
    const limit = { policy: 'p', quota: 3, windowSeconds: 60 };
    expect(throttle.hit('a')).toEqual({
      ...limit,
      isAllowed: true,
      remaining: 2,
      resetSeconds: 60,
    });
    pass(20_000);
    throttle.hit('a');
    expect(throttle.hit('a')).toEqual({
      ...limit,
      isAllowed: true,
      remaining: 0,
      resetSeconds: 40,
    });
    expect(throttle.hit('a')).toMatchObject({ isAllowed: false, remaining: 0, resetSeconds: 40 });
    expect(throttle.hit('b').isAllowed).toBe(true);
    pass(39_999);
    expect(throttle.hit('a')).toMatchObject({ isAllowed: false, resetSeconds: 1 });
    pass(1);
    expect(throttle.hit('a').isAllowed).toBe(true);
    expect(throttle.hit('a').isAllowed).toBe(false);
  });

  test('never lets more than the quota through in any window, whatever the rhythm', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(30_000), { maxLength: 80 }), (waits) => {
        const { throttle, pass } = throttleWorld({ quota: 5 });
        let at = 0;
        const allowed: number[] = [];
        for (const wait of waits) {
          pass(wait);
          at += wait;
          if (throttle.hit('a').isAllowed) allowed.push(at);
        }
        for (const start of allowed) {
          const within = allowed.filter((time) => time >= start && time < start + 60_000);
          expect(within.length).toBeLessThanOrEqual(5);
        }
      }),
    );
  });

  test('does not punish for what it refused, nor for a clock that was put back', () => {
    const { throttle, pass } = throttleWorld();
    for (let hit = 0; hit < 1_000; hit++) throttle.hit('a');
    pass(60_000);
    expect(throttle.hit('a')).toMatchObject({ isAllowed: true, remaining: 2 });
    pass(-86_400_000);
    expect(throttle.hit('a')).toMatchObject({ isAllowed: true, remaining: 2 });
  });

  test('remembers so many callers and no more: the one that was quiet longest goes first', () => {
    const { throttle } = throttleWorld({ quota: 1, callersMax: 2 });
    for (const who of ['a', 'b', 'a', 'c']) throttle.hit(who);
    expect(throttle.hit('a').isAllowed).toBe(false);
    expect(throttle.hit('b').isAllowed).toBe(true);
  });

  test('as an error says when to come back and which limit it was', () => {
    const { throttle } = throttleWorld({ quota: 1 });
    expect(requireRoom(throttle, 'a', 'Slower.')).toMatchObject({ remaining: 0 });
    expect(() => requireRoom(throttle, 'a', 'Slower.')).toThrow(
      expect.objectContaining({
        code: 'too_many_requests',
        message: 'Slower.',
        retryAfterSeconds: 60,
        rateLimit: expect.objectContaining({ policy: 'p', remaining: 0 }),
      }),
    );
  });
});
