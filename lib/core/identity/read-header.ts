import { decodeJwt, decodeProtectedHeader, type JWTHeaderParameters } from 'jose';
import type { IssuerRules } from './issuer.ts';
import { refusedToken } from './refused-token.ts';

/** Providers with many groups write long tokens; beyond this nobody needs to look. */
const tokenLengthMax = 16 * 1024;
const textLengthMax = 512;

/** Parameters by which a token would bring its own key, or its own rules for reading it. */
const refusedParameters = ['jku', 'jwk', 'x5u', 'x5c', 'crit', 'b64', 'zip', 'enc'];

/** What a token says of itself; nothing of it is proven. */
export interface TokenLabel {
  readonly header: JWTHeaderParameters;
  readonly issuer: string;
}

/** Throws `unauthenticated` for what is no signed token, or brings its own key. */
export function readLabel(token: string): TokenLabel {
  if (token.length > tokenLengthMax) throw refusedToken(`it has ${token.length} characters`);
  const { header, issuer } = decode(token);
  const refused = refusedParameters.find((name) => Object.hasOwn(header, name));
  if (refused !== undefined) throw refusedToken(`its header has ${refused}`);
  if (!isText(header.kid)) throw refusedToken('its header names no key');
  if (!isText(issuer)) throw refusedToken('it names no issuer');
  return { header, issuer };
}

/** Throws `unauthenticated` before any key is asked for with an algorithm or a type that is not allowed. */
export function checkHeader(
  { alg, typ }: JWTHeaderParameters,
  { algorithms, requiredType }: IssuerRules,
): void {
  if (!algorithms.some((allowed) => allowed === alg)) {
    throw refusedToken(`its algorithm is not one of ${algorithms.join(', ')}`);
  }
  if (requiredType === 'JWT' && typ !== undefined && !isPlainType(typ)) {
    throw refusedToken('its header has a type of another kind of token');
  }
}

/** RFC 7515, 4.1.9: without regard to case, and the media type may be written in full. */
function isPlainType(typ: unknown): boolean {
  return typeof typ === 'string' && /^(application\/)?jwt$/i.test(typ);
}

function decode(token: string): { header: JWTHeaderParameters; issuer: unknown } {
  try {
    const header: JWTHeaderParameters = { alg: '', ...decodeProtectedHeader(token) };
    return { header, issuer: decodeJwt(token).iss };
  } catch (error) {
    throw refusedToken('it is not a signed token', error);
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= textLengthMax;
}
