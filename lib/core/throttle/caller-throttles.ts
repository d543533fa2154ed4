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

export interface CallerThrottles extends Readonly<Record<ThrottleName, Throttle>> {
  /** Calls that failed and are events for all that; nothing that succeeds is counted. */
  readonly failures: Throttle;
}

/** One throttle per name; whom to count is up to the caller. */
export function createCallerThrottles(clock: Clock): CallerThrottles {
  const one = (policy: string, quota: number) =>
    createThrottle({ policy, quota, windowSeconds: 60, clock });
  return {
    links: one('links', perMinute.links),
    audit: one('audit', perMinute.audit),
    tables: one('tables', perMinute.tables),
    failures: one('failures', limits.failuresPerKeyAndRoutePerMinute),
  };
}
