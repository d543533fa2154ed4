import { limits } from '../../../lib/core/limits.ts';
import { principalName, type TenantPrincipal } from '../../../lib/core/principal.ts';
import { requireRoom } from '../../../lib/core/throttle/too-many-requests.ts';
import type { Services } from '../../services.ts';
import { rateLimitHeaders } from '../rate-limit-headers.ts';

/** Counts one request for links; returns the headers that say how many are left. Throws `too_many_requests`. */
export function takeLink(
  { linkThrottle }: Services,
  principal: TenantPrincipal,
): Readonly<Record<string, string>> {
  const message = `A key gets links ${limits.linksPerKeyPerMinute} times a minute; one answer can hold the links of all files.`;
  return rateLimitHeaders(requireRoom(linkThrottle, principalName(principal), message));
}
