import type { JWTPayload } from 'jose';
import { isAccessToken, otherTokenMark } from './access-token.ts';
import type { IssuerRules } from './issuer.ts';
import { readClaim } from './read-claim.ts';
import { refusedToken } from './refused-token.ts';

/** Who the token was issued to: `cid` is Okta's, `appid` Microsoft's of version 1. */
const partyClaims = ['azp', 'client_id', 'appid', 'cid'];

/**
 * Throws `unauthenticated` unless the token was made to call this API, for a client that may: a good
 * signature alone does not say so.
 */
export function checkPurpose(claims: JWTPayload, rules: IssuerRules): void {
  const other = otherTokenMark(claims, rules);
  if (other !== undefined) throw refusedToken(`${other} marks it as no access token`);
  if (rules.requiredType === 'JWT' && !isAccessToken(claims)) {
    throw refusedToken('neither its type nor a claim says that it is an access token');
  }
  // Such a token is good only together with a proof, which nobody checks here.
  if (Object.hasOwn(claims, 'cnf')) throw refusedToken('it is bound to a key of its holder');
  checkScope(claims, rules);
  checkRequiredClaims(claims, rules);
  checkParty(claims, rules);
}

/** A token that names an audience of its own is not for whoever its scopes may be for. */
function checkScope(claims: JWTPayload, { audience, audienceClaim }: IssuerRules): void {
  if (audienceClaim === undefined) return;
  const { scope } = claims;
  const words = typeof scope === 'string' ? scope.split(' ') : [];
  if (claims.aud !== undefined) throw refusedToken('it has an audience beside its scope');
  if (!words.includes(audience)) throw refusedToken('its scope does not name this API');
}

function checkRequiredClaims(claims: JWTPayload, { requiredClaims }: IssuerRules): void {
  for (const [name, value] of Object.entries(requiredClaims)) {
    if (readClaim(claims, name) !== value)
      throw refusedToken(`the claim ${name} has another value`);
  }
}

/** A token for several APIs could be passed on by any of them, so its client must be a known one. */
function checkParty(claims: JWTPayload, { authorizedParties }: IssuerRules): void {
  const isShared = Array.isArray(claims.aud) && claims.aud.length > 1;
  if (authorizedParties === undefined) {
    if (isShared) throw refusedToken('it has several audiences, and authorizedParties is not set');
    return;
  }
  const parties = partyClaims.flatMap((name) =>
    Object.hasOwn(claims, name) ? [claims[name]] : [],
  );
  const isKnown = (party: unknown) => authorizedParties.some((allowed) => allowed === party);
  if (parties.length === 0 || !parties.every(isKnown)) {
    throw refusedToken('it was issued to a client that is not one of authorizedParties');
  }
}
