import { limits } from '../../lib/core/limits.ts';
import { principalName, type TenantPrincipal } from '../../lib/core/principal.ts';
import type { ThrottleName } from '../../lib/core/throttle/caller-throttles.ts';
import { requireRoom } from '../../lib/core/throttle/too-many-requests.ts';
import type { Services } from '../services.ts';
import { rateLimitHeaders } from './rate-limit-headers.ts';
import type { TenantRoute } from './route.ts';

/**
 * Counts one request under the route's limit; returns the headers that say how many are left. It comes
 * before the audit event, so that a client in a loop does not fill its tenant's log with refusals.
 * Throws `too_many_requests`.
 */
export function takeTurn(
  { throttles }: Pick<Services, 'throttles'>,
  { throttle }: Pick<TenantRoute, 'throttle'>,
  principal: TenantPrincipal,
): Readonly<Record<string, string>> {
  if (throttle === undefined) return {};
  const who = `${principal.tenantId} ${principalName(principal)}`;
  return rateLimitHeaders(requireRoom(throttles[throttle], who, messages[throttle]));
}

const messages: Readonly<Record<ThrottleName, string>> = {
  tables: `A key gets the tables ${limits.tableListsPerKeyPerMinute} times a minute; they change seldom.`,
  links: `A key gets links ${limits.linksPerKeyPerMinute} times a minute; one answer can hold the links of all files.`,
  audit: `The audit log is read and verified at most ${limits.auditReadsPerMinute} times a minute; one page holds up to ${limits.auditPageEventsMax} events.`,
};
