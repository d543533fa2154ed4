import type { HttpRequest } from '@azure/functions';
import { SluiceError } from '../../lib/core/errors.ts';
import { parseKey } from '../../lib/core/keys/key-format.ts';

/** What a request proves itself with. */
export interface Credential {
  /** `token`: a bearer token in the form of a JWT, which a person signs in with. */
  readonly kind: 'key' | 'token';
  readonly text: string;
}

/**
 * The one credential of a request, or undefined. The same one may be sent in several headers, or several
 * times in one; different ones are `invalid_header`, because guessing which is meant would be a hole.
 */
export function readCredential(
  headers: HttpRequest['headers'],
  keyHeaders: readonly string[],
): Credential | undefined {
  const bearers = valuesOf(headers.get('authorization')).flatMap(bearerOf);
  const others = ['x-api-key', ...keyHeaders].flatMap((name) => valuesOf(headers.get(name)));
  const found = new Set([...bearers, ...others]);
  const [text] = found;
  if (text === undefined) return undefined;
  if (found.size === 1)
    return { kind: bearers.includes(text) && isJwt(text) ? 'token' : 'key', text };
  throw new SluiceError('invalid_header', {
    message: 'The request has several different keys. Send one.',
  });
}

/**
 * A header that was sent several times arrives as one, its values parted by commas (RFC 9110, 5.3). The
 * operator's key may hold a comma itself, so only what is one value again and again, or several of the
 * forms that hold none, is taken apart.
 */
function valuesOf(header: string | null): readonly string[] {
  const whole = header?.trim() ?? '';
  const values = [...new Set(whole.split(/\s*,\s*/))];
  const isList = values.length === 1 || values.every((value) => isListed(value));
  return (isList ? values : [whole]).filter((value) => value !== '');
}

function isListed(value: string): boolean {
  const text = bearerOf(value)[0] ?? value;
  return parseKey(text) !== undefined || isJwt(text);
}

/** What follows the word, whatever it looks like: the guard says what is wrong with it. */
function bearerOf(value: string): readonly string[] {
  const text = /^Bearer +(.+)$/i.exec(value)?.[1];
  return text === undefined ? [] : [text];
}

/**
 * What is wrong with the shape of a text that was sent for a key, for whoever sent it; undefined when
 * nothing is. It looks at nothing but the text, so it tells nobody whether there is such a key.
 */
export function shapeMistake(text: string): string | undefined {
  if (/^["'`<].*["'`>]$/.test(text)) {
    return 'What you sent is in quotation marks or brackets: leave them out.';
  }
  if (/^(bearer|basic|token|apikey|key)[ :=]/i.test(text)) {
    return 'What you sent begins with a word before the key: only `Authorization` has one, `Bearer`, once.';
  }
  return /\s/.test(text) ? 'What you sent has a blank in it, which no key has.' : undefined;
}

/** Three parts in base64url; a key of ours has no full stop. */
function isJwt(text: string): boolean {
  return /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/.test(text);
}
