import { SluiceError } from '../errors.ts';
import { limits } from '../limits.ts';
import type { Principal } from '../principal.ts';

/**
 * Throws `fresh_sign_in_needed` unless the principal is a person who proved who they are within
 * `maxAgeMinutes`. A key proves nothing of the kind, nor does a provider that sends no `auth_time`.
 */
export function requireFreshSignIn(
  principal: Principal,
  now: Date,
  maxAgeMinutes: number = limits.freshSignInMinutes,
): void {
  const signedInAt = principal.kind === 'user' ? principal.signedInAt : undefined;
  const ageMs = now.getTime() - (signedInAt?.getTime() ?? Number.NEGATIVE_INFINITY);
  if (ageMs <= maxAgeMinutes * 60_000) return;
  throw new SluiceError('fresh_sign_in_needed', {
    message: `Sign in again as a person; the sign-in must be at most ${maxAgeMinutes} minutes old.`,
  });
}
