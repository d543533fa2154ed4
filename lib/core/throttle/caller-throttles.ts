import type { Clock } from '../clock.ts';
import { limits } from '../limits.ts';
import { createThrottle, type Throttle } from './throttle.ts';

/** What each principal may ask for only so often a minute; routes of one name share one count. */
const perMinute = {
  links: limits.linksPerKeyPerMinute,
  audit: limits.auditReadsPerMinute,
  tables: limits.tableListsPerKeyPerMinute,
} as const;

export type ThrottleName = keyof typeof perMinute;

export type CallerThrottles = Readonly<Record<ThrottleName, Throttle>>;

/** One throttle per name; whom to count is up to the caller. */
export function createCallerThrottles(clock: Clock): CallerThrottles {
  const one = (policy: ThrottleName) =>
    createThrottle({ policy, quota: perMinute[policy], windowSeconds: 60, clock });
  return { links: one('links'), audit: one('audit'), tables: one('tables') };
}
