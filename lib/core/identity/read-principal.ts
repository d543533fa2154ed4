import type { JWTPayload } from 'jose';
import {
  type Labels,
  type Role,
  roleScopes,
  type Scope,
  scopes,
  type UserPrincipal,
} from '../principal.ts';
import type { IssuerRules, KnownIssuer } from './issuer.ts';
import { readClaim, readTexts } from './read-claim.ts';
import { refusedToken } from './refused-token.ts';
import { userIdOf } from './user-id.ts';

const subjectLengthMax = 255;
const tenantPattern = /^[a-z0-9][a-z0-9-]{0,39}$/;

/** Who has the most to say first; that role is shown, but the scopes are those of all roles. */
const roleOrder: readonly Role[] = ['owner', 'admin', 'analyst', 'auditor', 'member'];

/**
 * Who somebody with these verified claims is here. Throws `unauthenticated` for claims that cannot
 * be read. Whether the tenant exists is not asked.
 */
export function readPrincipal(claims: JWTPayload, issuer: KnownIssuer): UserPrincipal {
  const { rules } = issuer;
  const roles = readRoles(claims, rules);
  const labels = readLabels(claims, rules);
  const signedInAt = readSignIn(claims);
  return {
    kind: 'user',
    tenantId: readTenant(claims, issuer),
    userId: userIdOf(rules.issuer, readSubject(claims)),
    role: roleOrder.find((role) => roles.has(role)) ?? 'member',
    scopes: scopesOf(roles),
    ...(labels === undefined ? {} : { labels }),
    ...(signedInAt === undefined ? {} : { signedInAt }),
  };
}

function readTenant(claims: JWTPayload, { tenant }: KnownIssuer): string {
  if (tenant.kind === 'one') return tenant.tenantId;
  const named = readClaim(claims, tenant.claim);
  if (typeof named === 'string' && tenantPattern.test(named)) return named;
  throw refusedToken(`the claim ${tenant.claim} names no tenant`);
}

function readSubject({ sub }: JWTPayload): string {
  if (typeof sub === 'string' && sub !== '' && sub.length <= subjectLengthMax) return sub;
  throw refusedToken('it names no subject');
}

/** Somebody without a role is a member: known, and allowed nothing but his own things. */
function readRoles(claims: JWTPayload, { roleClaim, roles }: IssuerRules): ReadonlySet<Role> {
  const values = roleClaim === undefined ? [] : (readTexts(claims, roleClaim) ?? []);
  const found = values.flatMap((value) => {
    const role = Object.hasOwn(roles, value) ? roles[value] : undefined;
    return role === undefined ? [] : [role];
  });
  return new Set<Role>(found.length === 0 ? ['member'] : found);
}

function scopesOf(roles: ReadonlySet<Role>): readonly Scope[] {
  const allowed = new Set<Scope>([...roles].flatMap((role) => [...roleScopes[role]]));
  return scopes.filter((scope) => allowed.has(scope));
}

/** A label whose claim is absent shows nothing: forgetting a claim must not open everything. */
function readLabels(claims: JWTPayload, { labelClaims }: IssuerRules): Labels | undefined {
  const names = Object.entries(labelClaims);
  if (names.length === 0) return undefined;
  return Object.fromEntries(names.map(([label, claim]) => [label, readTexts(claims, claim) ?? []]));
}

function readSignIn({ auth_time: seconds, iat = 0 }: JWTPayload): Date | undefined {
  if (seconds === undefined) return undefined;
  // Nobody can have proven who he is after the token was made.
  if (typeof seconds === 'number' && seconds > 0 && seconds <= iat) return new Date(seconds * 1000);
  throw refusedToken('the claim auth_time is no moment before it was issued');
}
