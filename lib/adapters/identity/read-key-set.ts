import { createLocalJWKSet, type JSONWebKeySet, type LocalJWKSet } from 'jose';
import type { KeyPlace } from '../../core/identity/key-source.ts';
import { type GetJsonRules, getJson } from './get-json.ts';

/** Reads a provider's keys as they are now. Throws an Error that says why when it cannot. */
export async function readKeySet(
  place: KeyPlace,
  options: Pick<GetJsonRules, 'allowLoopback' | 'lookup'>,
  signal: AbortSignal,
): Promise<LocalJWKSet> {
  const rules = { ...options, publicOnly: place.publicOnly };
  const jwksUri =
    place.jwksUri ?? discoveredUri(await getJson(discoveryUri(place.issuer), rules, signal), place);
  // Whatever it is, the library checks that it is a key set.
  return createLocalJWKSet((await getJson(jwksUri, rules, signal)) as JSONWebKeySet);
}

/** OpenID Connect Discovery §4.1: one slash at the end of the issuer is left out. */
function discoveryUri(issuer: string): string {
  return `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
}

/** A document that speaks for another issuer must not choose the keys of this one. */
function discoveredUri(document: unknown, { issuer }: KeyPlace): string {
  if (typeof document !== 'object' || document === null) throw new Error('it has no document');
  if (!('issuer' in document) || document.issuer !== issuer) {
    throw new Error('its discovery document is for another issuer');
  }
  if ('jwks_uri' in document && typeof document.jwks_uri === 'string') return document.jwks_uri;
  throw new Error('its discovery document names no keys');
}
