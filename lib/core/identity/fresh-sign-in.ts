import { SluiceError } from '../errors.ts';
import { limits } from '../limits.ts';
import type { TenantPrincipal } from '../principal.ts';

/**
 * Throws `fresh_sign_in_needed` for a person who did not prove who they are within the last
 * `limits.freshSignInMinutes`, or whose provider sends no `auth_time`: a session that was left open, or
 * stolen, is not enough for what cannot be undone. A key is no session; its end and its rights bound it.
 */
export function requireFreshSignIn(principal: TenantPrincipal, now: Date): void {
  if (principal.kind === 'key') return;
  const { signedInAt } = principal;
  const ageMs = now.getTime() - (signedInAt?.getTime() ?? Number.NEGATIVE_INFINITY);
  if (ageMs <= limits.freshSignInMinutes * 60_000) return;
  const howOld = `The sign-in must be at most ${limits.freshSignInMinutes} minutes old for this.`;
  const unknown = 'Your identity provider does not say when you signed in (claim auth_time).';
  throw new SluiceError('fresh_sign_in_needed', {
    message: signedInAt === undefined ? `${howOld} ${unknown}` : `Sign in again. ${howOld}`,
  });
}
