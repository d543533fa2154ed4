import { keyPatternSource, parseKey } from '../../lib/core/keys/key-format.ts';
import { operatorKeyLengthMin } from '../../lib/core/keys/operator-check.ts';

/** Names of parameters that are meant for a credential, without case and punctuation. */
const parametersForKeys: readonly string[] = [
  ...['key', 'apikey', 'token', 'accesstoken', 'idtoken', 'xapikey', 'authorization', 'bearer'],
];

/** Both parts of a signed token's head begin like this: base64url of `{"`. */
const jwtPattern = /eyJ[A-Za-z0-9_-]+\.eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+/;

/** Whoever puts more keys than this into one URL made them up. */
const keysMax = 3;
const textsMax = 8;

export interface UrlFinding {
  /** At most three texts in the URL that are well-formed keys: only those are worth a look-up. */
  readonly keys: readonly string[];
  /** At most eight texts that could be the operator's key, which has no form of its own. */
  readonly texts: readonly string[];
  /** True when the URL holds a key or a token, or a parameter that is meant for one. */
  readonly isRefused: boolean;
}

/**
 * Looks for credentials in the whole URL, as it is and decoded. `keyHeaders` are the operator's own
 * names of headers for keys; a parameter of such a name is meant for one too.
 */
export function findCredentialsInUrl(url: string, keyHeaders: readonly string[]): UrlFinding {
  const forms = [url, decoded(url), decoded(decoded(url))];
  const found = [...new Set(forms.flatMap((text) => text.match(keyPattern()) ?? []))];
  const names = new Set([...parametersForKeys, ...keyHeaders.map(plainName)]);
  const { searchParams } = new URL(url);
  const isNamed = [...searchParams.keys()].some((name) => names.has(plainName(name)));
  return {
    keys: found.filter((text) => parseKey(text) !== undefined).slice(0, keysMax),
    texts: textsOf(url).slice(0, textsMax),
    isRefused: isNamed || found.length > 0 || forms.some((text) => jwtPattern.test(text)),
  };
}

function keyPattern(): RegExp {
  return new RegExp(keyPatternSource, 'g');
}

/** Segments of the path, the whole query, and names and values of parameters, decoded. */
function textsOf(url: string): readonly string[] {
  const { pathname, search } = new URL(url);
  const query = search.slice(1);
  const pairs = query.split('&').flatMap((pair) => {
    const at = pair.indexOf('=');
    return at < 0 ? [pair] : [pair.slice(0, at), pair.slice(at + 1)];
  });
  const texts = [query, ...pairs, ...pathname.split('/')].map(decoded);
  return [...new Set(texts)].filter(({ length }) => length >= operatorKeyLengthMin);
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

function plainName(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}
