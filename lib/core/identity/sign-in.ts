import type { Clock } from '../clock.ts';
import type { UserPrincipal } from '../principal.ts';
import type { Residency } from '../tenants/residency.ts';
import { checkPurpose } from './check-purpose.ts';
import { type FindOwnerDeps, findOwner } from './find-owner.ts';
import type { KnownIssuer, SettingsIssuer } from './issuer.ts';
import type { KeySource } from './key-source.ts';
import { checkHeader, readLabel } from './read-header.ts';
import { readPrincipal } from './read-principal.ts';
import { refusedToken } from './refused-token.ts';
import { verifyToken } from './verify-token.ts';

export interface SignInDeps extends FindOwnerDeps {
  /** The deployment's own; they go before those of tenants. */
  readonly issuers: readonly SettingsIssuer[];
  readonly keys: KeySource;
  readonly residency: Pick<Residency, 'requireHere'>;
  readonly clock: Clock;
}

/**
 * Who presents the access token. Throws `unauthenticated` with one text, whatever is wrong with it;
 * the reason is in the internal text only. Throws `wrong_region` for a good token whose tenant belongs
 * elsewhere, `identity_unavailable` when the provider's keys cannot be had, and `storage_unavailable`.
 */
export type SignIn = (token: string) => Promise<UserPrincipal>;

/** Checks access tokens of every known issuer (security.md §8). */
export function createSignIn(deps: SignInDeps): SignIn {
  return async (token) => {
    const label = readLabel(token);
    const issuer = settingsIssuer(deps, label.issuer) ?? (await tenantIssuer(deps, label.issuer));
    if (issuer === undefined) throw refusedToken('its issuer is not known here');
    checkHeader(label.header, issuer.rules);
    const claims = await verifyToken(deps, token, issuer);
    checkPurpose(claims, issuer.rules);
    const principal = readPrincipal(claims, issuer);
    const tenant = await deps.tenants.find(principal.tenantId);
    // A token names no stamp: for a tenant that has no row here nobody can say whether another has it.
    if (tenant === undefined) throw refusedToken('its tenant is not here');
    deps.residency.requireHere(tenant.value);
    return principal;
  };
}

function settingsIssuer({ issuers }: SignInDeps, issuer: string): KnownIssuer | undefined {
  const found = issuers.find(({ rules }) => rules.issuer === issuer);
  return found === undefined ? undefined : { ...found, origin: 'settings' };
}

async function tenantIssuer(deps: SignInDeps, issuer: string): Promise<KnownIssuer | undefined> {
  const owner = await findOwner(deps, issuer);
  if (owner === undefined) return undefined;
  const { tenantId, rules } = owner;
  return { rules, tenant: { kind: 'one', tenantId }, origin: 'tenant' };
}
