import { describe, expect, test } from 'vitest';
import { limits } from '../../../lib/core/limits.ts';
import { attemptStepsMs, nextWaitMs } from '../../../lib/core/webhooks/schedule.ts';

const minuteMs = 60_000;

describe('X5 the schedule of attempts', () => {
  test('has as many steps as there are attempts, and lasts 75 h 35 min', () => {
    expect(attemptStepsMs).toHaveLength(limits.webhookAttempts);
    const sumMs = attemptStepsMs.reduce((sum, stepMs) => sum + stepMs, 0);
    expect(sumMs).toBe((75 * 60 + 35) * minuteMs + 5000);
  });

  test('waits each step ±20 %, and no more after the last attempt', () => {
    for (const [attemptsMade, stepMs] of attemptStepsMs.entries()) {
      expect(nextWaitMs({ attemptsMade, random: 0 })).toBe(stepMs * 0.8);
      expect(nextWaitMs({ attemptsMade, random: 0.5 })).toBe(stepMs);
      const longestMs = nextWaitMs({ attemptsMade, random: 1 - Number.EPSILON });
      expect(longestMs).toBe(stepMs * 1.2);
    }
    expect(nextWaitMs({ attemptsMade: limits.webhookAttempts, random: 0.5 })).toBeUndefined();
  });

  test.each([
    [0, 5],
    [299, 5],
    [450, 7.5],
    [600, 10],
    [86_400, 10],
  ])('honours Retry-After: %i seconds between one and two times the step', (seconds, minutes) => {
    const waitMs = nextWaitMs({ attemptsMade: 2, random: 0, retryAfterSeconds: seconds });
    expect(waitMs).toBe(minutes * minuteMs);
  });
});
