import type { JWTPayload } from 'jose';
import type { IssuerRules } from './issuer.ts';

/** Claims of ID tokens (OpenID Connect) and of logout tokens. */
const foreignClaims = ['nonce', 'at_hash', 'c_hash', 's_hash', 'events'];
/** How Keycloak marks tokens that are no access tokens. */
const foreignTypes = ['ID', 'Refresh', 'Offline', 'Logout'];

/**
 * True for claims that only an access token has: OAuth's scopes (`scope`, or `scp` of Microsoft and
 * Okta), or its provider's own mark (Keycloak's `typ`, Cognito's `token_use`). No ID token has them.
 */
export function isAccessToken(claims: JWTPayload): boolean {
  return isBearer(claims) || claims['token_use'] === 'access' || hasScopes(claims);
}

/** The claim that makes it another kind of token; undefined when there is none. */
export function otherTokenMark(claims: JWTPayload, rules: IssuerRules): string | undefined {
  const foreign = foreignClaims.filter((name) => Object.hasOwn(claims, name));
  const [name] = foreign.filter((claim) => claim !== 'nonce' || !mayHaveNonce(claims, rules));
  if (name !== undefined) return `the claim ${name}`;
  if (foreignTypes.some((type) => claims['typ'] === type)) return 'its claim typ';
  const use = claims['token_use'];
  return use === undefined || use === 'access' ? undefined : 'its claim token_use';
}

/**
 * Keycloak before 24 copies the nonce of the sign-in into every token, and says in each what it is.
 * Only a known client's token is believed.
 */
function mayHaveNonce(claims: JWTPayload, { authorizedParties }: IssuerRules): boolean {
  return authorizedParties !== undefined && isBearer(claims);
}

function isBearer(claims: JWTPayload): boolean {
  return claims['typ'] === 'Bearer';
}

function hasScopes({ scope, scp }: JWTPayload): boolean {
  return [scope, scp].some((value) =>
    Array.isArray(value) ? value.length > 0 : typeof value === 'string' && value !== '',
  );
}
