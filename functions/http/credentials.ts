import type { HttpRequest } from '@azure/functions';
import { SluiceError } from '../../lib/core/errors.ts';

/** What a request proves itself with. */
export interface Credential {
  /** `token`: a bearer token in the form of a JWT, which a person signs in with. */
  readonly kind: 'key' | 'token';
  readonly text: string;
}

/**
 * The one credential of a request, or undefined. The same one may be sent in several headers;
 * different ones are `invalid_header`, because guessing which is meant would be a hole.
 */
export function readCredential(
  headers: HttpRequest['headers'],
  keyHeaders: readonly string[],
): Credential | undefined {
  const bearer = /^Bearer +(\S+) *$/i.exec(headers.get('authorization') ?? '')?.[1];
  const others = ['x-api-key', ...keyHeaders].map((name) => headers.get(name)?.trim());
  const found = new Set([bearer, ...others].filter((text) => text !== undefined && text !== ''));
  const [text] = found;
  if (text === undefined) return undefined;
  if (found.size === 1) return { kind: text === bearer && isJwt(text) ? 'token' : 'key', text };
  throw new SluiceError('invalid_header', {
    message: 'The request has several different keys. Send one.',
  });
}

/** Three parts in base64url; a key of ours has no full stop. */
function isJwt(text: string): boolean {
  return /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/.test(text);
}
