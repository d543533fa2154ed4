import { SluiceError } from '../errors.ts';
import type { RateLimitState, Throttle } from './throttle.ts';

/** Counts one more for `who`. Throws `too_many_requests` with this text when it is one too many. */
export function requireRoom(throttle: Throttle, who: string, message: string): RateLimitState {
  const state = throttle.hit(who);
  if (state.isAllowed) return state;
  throw tooManyRequests(state, message);
}

/** The error for a limit that is reached; the answer gets `Retry-After` and `RateLimit` headers. */
export function tooManyRequests(rateLimit: RateLimitState, message: string): SluiceError {
  const retryAfterSeconds = rateLimit.resetSeconds;
  return new SluiceError('too_many_requests', { message, rateLimit, retryAfterSeconds });
}
