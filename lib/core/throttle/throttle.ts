import type { Clock } from '../clock.ts';

/** Counts how often each caller does something, and says when it is too often. */
export interface Throttle {
  /** Counts one more; when the window is full already, nothing is counted and `isAllowed` is false. */
  hit(who: string): RateLimitState;
  /** Whether one more would be allowed now; counts nothing. */
  look(who: string): RateLimitState;
}

export interface RateLimitState {
  readonly isAllowed: boolean;
  /** Names the limit in headers. */
  readonly policy: string;
  readonly quota: number;
  readonly windowSeconds: number;
  /** How many more are allowed now. */
  readonly remaining: number;
  /** Whole seconds, at least 1, until the oldest one leaves the window. */
  readonly resetSeconds: number;
}

export interface ThrottleOptions {
  /** `[a-z-]+`. */
  readonly policy: string;
  readonly quota: number;
  readonly windowSeconds: number;
  /** So many callers are remembered; beyond that the one that was quiet longest is forgotten. */
  readonly callersMax?: number;
  readonly clock: Clock;
}

/**
 * At most `quota` in any `windowSeconds`, to the millisecond: no burst at the border of two windows.
 *
 * The counts live in this process. With n instances a caller who is spread over all of them gets n
 * times the quota, and a new instance begins at nothing. Where this is used that is enough: it bounds
 * the load on each instance, and neither guessing a 256-bit secret nor asking for links that one may
 * have anyway becomes any easier by a factor of n. A shared count would cost one storage write for
 * every attempt, which is the very load that it should hold off, and would fail when storage does.
 */
export function createThrottle(options: ThrottleOptions): Throttle {
  const { quota, windowSeconds, callersMax = 10_000, clock } = options;
  // In the order of the last hit, so that the first one is the one that was quiet longest.
  const hits = new Map<string, readonly number[]>();
  const recentOf = (who: string, nowMs: number) =>
    (hits.get(who) ?? []).filter((at) => isRecent(at, nowMs, windowSeconds));
  return {
    look(who) {
      const nowMs = clock().getTime();
      const recent = recentOf(who, nowMs);
      return { isAllowed: recent.length < quota, ...stateOf(options, recent, nowMs) };
    },
    hit(who) {
      const nowMs = clock().getTime();
      const recent = recentOf(who, nowMs);
      const isAllowed = recent.length < quota;
      const counted = isAllowed ? [...recent, nowMs] : recent;
      hits.delete(who);
      hits.set(who, counted);
      if (hits.size > callersMax) forgetFirst(hits);
      return { isAllowed, ...stateOf(options, counted, nowMs) };
    },
  };
}

/** A clock that was put back must not make hits of "the future" count for ever. */
function isRecent(at: number, nowMs: number, windowSeconds: number): boolean {
  return Math.abs(nowMs - at) < windowSeconds * 1000;
}

function stateOf(
  { policy, quota, windowSeconds }: ThrottleOptions,
  counted: readonly number[],
  nowMs: number,
) {
  const oldest = counted[0] ?? nowMs;
  const leftMs = oldest + windowSeconds * 1000 - nowMs;
  return {
    policy,
    quota,
    windowSeconds,
    remaining: quota - counted.length,
    resetSeconds: Math.max(1, Math.ceil(leftMs / 1000)),
  };
}

function forgetFirst(hits: Map<string, unknown>): void {
  const [first] = hits.keys();
  if (first !== undefined) hits.delete(first);
}
