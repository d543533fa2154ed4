import type { JWTPayload } from 'jose';
import type { IssuerRules } from './issuer.ts';
import { readClaim } from './read-claim.ts';
import { refusedToken } from './refused-token.ts';

/** Claims of ID tokens (OpenID Connect) and of logout tokens. */
const foreignClaims = ['nonce', 'at_hash', 'c_hash', 's_hash', 'events'];
/** How Keycloak and Cognito mark tokens that are no access tokens. */
const foreignTypes = ['ID', 'Refresh', 'Offline', 'Logout'];
const partyClaims = ['azp', 'client_id', 'appid'];

/**
 * Throws `unauthenticated` unless the token was made to call this API, for a client that may: a good
 * signature alone does not say so.
 */
export function checkPurpose(claims: JWTPayload, rules: IssuerRules): void {
  const foreign = foreignClaims.find((name) => Object.hasOwn(claims, name));
  if (foreign !== undefined) throw refusedToken(`the claim ${foreign} marks it as no access token`);
  if (foreignTypes.some((type) => claims['typ'] === type) || claims['token_use'] === 'id') {
    throw refusedToken('it is marked as no access token');
  }
  // Such a token is good only together with a proof, which nobody checks here.
  if (Object.hasOwn(claims, 'cnf')) throw refusedToken('it is bound to a key of its holder');
  checkRequiredClaims(claims, rules);
  checkParty(claims, rules);
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
