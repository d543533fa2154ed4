import type { RateLimitState } from '../../lib/core/throttle/throttle.ts';

/** `RateLimit` and `RateLimit-Policy` as the IETF draft (httpapi-ratelimit-headers) writes them. */
export function rateLimitHeaders(state: RateLimitState): Readonly<Record<string, string>> {
  const { policy, quota, windowSeconds, remaining, resetSeconds } = state;
  return {
    'ratelimit-policy': `"${policy}";q=${quota};w=${windowSeconds}`,
    ratelimit: `"${policy}";r=${remaining};t=${resetSeconds}`,
  };
}
