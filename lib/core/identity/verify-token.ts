import { type CryptoKey, errors, type JWSHeaderParameters, type JWTPayload, jwtVerify } from 'jose';
import type { Clock } from '../clock.ts';
import { SluiceError } from '../errors.ts';
import type { KnownIssuer } from './issuer.ts';
import type { KeySource } from './key-source.ts';
import { refusedToken } from './refused-token.ts';

/** How far the provider's clock may be off. */
const clockToleranceSeconds = 60;
/** Whatever a token itself says, it ends here. */
const tokenAgeMaxSeconds = 24 * 60 * 60;

export interface VerifyDeps {
  readonly keys: KeySource;
  readonly clock: Clock;
}

/**
 * The claims of a token whose signature, issuer, audience, type and times are right. Throws
 * `unauthenticated`, or `identity_unavailable` when the provider's keys cannot be had.
 */
export async function verifyToken(
  { keys, clock }: VerifyDeps,
  token: string,
  issuer: KnownIssuer,
): Promise<JWTPayload> {
  const { rules } = issuer;
  try {
    const { payload } = await jwtVerify(token, (header) => findKey(keys, issuer, header), {
      issuer: rules.issuer,
      ...(rules.audienceClaim === undefined ? { audience: rules.audience } : {}),
      algorithms: [...rules.algorithms],
      ...(rules.requiredType === 'at+jwt' ? { typ: rules.requiredType } : {}),
      requiredClaims: ['sub', 'exp', ...(rules.requiresNotBefore ? ['nbf'] : [])],
      maxTokenAge: tokenAgeMaxSeconds,
      clockTolerance: clockToleranceSeconds,
      currentDate: clock(),
    });
    return payload;
  } catch (error) {
    if (error instanceof SluiceError) throw error;
    throw refusedToken(reasonOf(error), error);
  }
}

async function findKey(
  keys: KeySource,
  { rules, origin }: KnownIssuer,
  header: JWSHeaderParameters,
): Promise<CryptoKey> {
  const { issuer, jwksUri } = rules;
  const place = { issuer, publicOnly: origin === 'tenant' };
  const key = await keys.find(jwksUri === undefined ? place : { ...place, jwksUri }, header);
  if (key === undefined) throw refusedToken('its issuer has no such key');
  return key;
}

/** The library's code and the claim's name; never a value out of the token. */
function reasonOf(error: unknown): string {
  if (!(error instanceof errors.JOSEError)) return 'it could not be checked';
  const claim = 'claim' in error ? ` (${String(error.claim)})` : '';
  return error.code + claim;
}
