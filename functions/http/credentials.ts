import type { HttpRequest } from '@azure/functions';
import { SluiceError } from '../../lib/core/errors.ts';
import { keyPatternSource } from '../../lib/core/keys/key-format.ts';

const parametersForKeys: ReadonlySet<string> = new Set([
  'key',
  'apikey',
  'token',
  'accesstoken',
  'xapikey',
  'authorization',
]);

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

export interface UrlFinding {
  /** Everything in the URL that looks like one of our keys. */
  readonly keys: readonly string[];
  /** True when the URL holds such a key, or a parameter that is meant for one. */
  readonly isRefused: boolean;
}

/** Looks for keys in the whole URL, as it is and decoded. */
export function findKeysInUrl(url: string): UrlFinding {
  const pattern = new RegExp(keyPatternSource, 'g');
  const texts = [url, decoded(url)];
  const keys = [...new Set(texts.flatMap((text) => text.match(pattern) ?? []))];
  const names = [...new URL(url).searchParams.keys()].map(plainName);
  return { keys, isRefused: keys.length > 0 || names.some((name) => parametersForKeys.has(name)) };
}

/** A URL that cannot be decoded as a whole is looked at piece by piece. */
function decoded(url: string): string {
  return url.replace(/(%[0-9a-f]{2})+/gi, (piece) => {
    try {
      return decodeURIComponent(piece);
    } catch {
      return piece;
    }
  });
}

/** Three parts in base64url; a key of ours has no full stop. */
function isJwt(text: string): boolean {
  return /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/.test(text);
}

function plainName(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z]/g, '');
}
