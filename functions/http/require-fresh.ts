import { requireFreshSignIn } from '../../lib/core/identity/fresh-sign-in.ts';
import type { TenantPrincipal } from '../../lib/core/principal.ts';
import type { TenantRoute } from './route.ts';

/** Throws `fresh_sign_in_needed` when the route wants a fresh sign-in for such a body and there is none. */
export function requireFresh(
  { freshSignIn }: Pick<TenantRoute, 'freshSignIn'>,
  { principal, body }: { readonly principal: TenantPrincipal; readonly body: unknown },
  now: Date,
): void {
  const isAsked = freshSignIn === 'always' || freshSignIn?.some((name) => hasField(body, name));
  if (isAsked === true) requireFreshSignIn(principal, now);
}

function hasField(body: unknown, name: string): boolean {
  return typeof body === 'object' && body !== null && Object.hasOwn(body, name);
}
