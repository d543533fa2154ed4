import { limits } from '../../lib/core/limits.ts';
import { principalName, type TenantPrincipal } from '../../lib/core/principal.ts';
import { tooManyRequests } from '../../lib/core/throttle/too-many-requests.ts';
import type { Services } from '../services.ts';
import type { Route } from './route.ts';

type Counts = Pick<Services, 'throttles'>;
type Named = Pick<Route, 'name'>;

/**
 * Throws `too_many_requests` for whoever failed too often on this route within the minute. An act is an
 * event before and after it, also when it fails, so a client in a loop over what is refused inside (a
 * state, a budget, a right) would fill its tenant's log.
 */
export function requireFewFailures(
  { throttles }: Counts,
  route: Named,
  principal: TenantPrincipal,
): void {
  const state = throttles.failures.look(nameOf(route, principal));
  if (state.isAllowed) return;
  throw tooManyRequests(
    state,
    `${limits.failuresPerKeyAndRoutePerMinute} of your calls of this route failed within a minute. Look at their answers, and try again in ${state.resetSeconds} seconds.`,
  );
}

/** Counts a failure that became an event. */
export function countFailedCall(
  { throttles }: Counts,
  route: Named,
  principal: TenantPrincipal,
): void {
  throttles.failures.hit(nameOf(route, principal));
}

function nameOf({ name }: Named, principal: TenantPrincipal): string {
  return `${principal.tenantId} ${principalName(principal)} ${name}`;
}
