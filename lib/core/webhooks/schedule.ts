const secondMs = 1000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;

/** The wait before each attempt, from the attempt before; `limits.webhookAttempts` of them. */
export const attemptStepsMs: readonly number[] = [
  0,
  5 * secondMs,
  5 * minuteMs,
  30 * minuteMs,
  2 * hourMs,
  5 * hourMs,
  10 * hourMs,
  14 * hourMs,
  20 * hourMs,
  24 * hourMs,
];

const jitterShare = 0.2;

export interface NextWait {
  /** Attempts made so far, 1 and up. */
  readonly attemptsMade: number;
  /** From 0 up to, not including, 1. */
  readonly random: number;
  /** What the receiver asked for. */
  readonly retryAfterSeconds?: number | undefined;
}

/**
 * Milliseconds until the next attempt: the step ±20 %, or what the receiver asked for between one
 * and two times the step. Undefined when all attempts are used up.
 */
export function nextWaitMs(next: NextWait): number | undefined {
  const stepMs = attemptStepsMs[next.attemptsMade];
  if (stepMs === undefined) return undefined;
  const jitteredMs = Math.round(stepMs * (1 - jitterShare + 2 * jitterShare * next.random));
  if (next.retryAfterSeconds === undefined) return jitteredMs;
  const askedMs = Math.min(Math.max(next.retryAfterSeconds * secondMs, stepMs), 2 * stepMs);
  return Math.max(askedMs, jitteredMs);
}
