import type { Clock } from '../clock.ts';
import { limits } from '../limits.ts';
import { createThrottle, type Throttle } from './throttle.ts';

/**
 * Failed authentications by source prefix. It never looks at key ids: a stranger who knows the id of
 * a key could otherwise lock its owner out.
 */
export function createAuthenticationThrottle(clock: Clock): Throttle {
  return createThrottle({
    policy: 'failed-authentications',
    quota: limits.failedAuthenticationsPerMinute,
    windowSeconds: 60,
    clock,
  });
}
