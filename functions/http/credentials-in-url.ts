import { keyPatternSource, parseKey } from '../../lib/core/keys/key-format.ts';
import { operatorKeyLengthMin } from '../../lib/core/keys/operator-check.ts';

/** Names of parameters that are meant for a credential, without case and punctuation. */
const parametersForKeys: readonly string[] = [
  ...['key', 'apikey', 'token', 'accesstoken', 'idtoken', 'xapikey', 'authorization', 'bearer'],
];

/** Whoever puts more keys than this into one URL made them up. */
const keysMax = 3;
const textsMax = 64;

export interface UrlFinding {
  /** At most three texts in the URL that are well-formed keys: only those are worth a look-up. */
  readonly keys: readonly string[];
  /** At most 64 texts that could be the operator's key, which has no form of its own. */
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
    isRefused: isNamed || found.length > 0 || forms.some(holdsToken),
  };
}

function keyPattern(): RegExp {
  return new RegExp(keyPatternSource, 'g');
}

/** True for a signed token: head and claims are objects, in base64url, and a signature follows. */
function holdsToken(text: string): boolean {
  return text.split(/[^\w.-]/).some((word) => {
    const parts = word.split('.');
    return parts.some(
      (head, index) =>
        isObject(head) && isObject(parts[index + 1] ?? '') && (parts[index + 2] ?? '') !== '',
    );
  });
}

/** `{` and whatever follows it, a quote or white space, begin like this in base64url. */
function isObject(part: string): boolean {
  if (!/^e[yw]/.test(part)) return false;
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    return typeof value === 'object' && value !== null;
  } catch {
    return false;
  }
}

/**
 * Segments of the path, the whole query, names and values of parameters, and their parts. The operator's
 * key may hold any of the marks that part them, so each text is looked at whole, too.
 */
function textsOf(url: string): readonly string[] {
  const { pathname, search } = new URL(url);
  const query = search.slice(1);
  const pairs = query.split('&').flatMap((pair) => {
    const at = pair.indexOf('=');
    return at < 0 ? [pair] : [pair.slice(0, at), pair.slice(at + 1)];
  });
  const once = [query, ...pairs, ...pathname.split('/')].map(decoded);
  const whole = [...once, ...once.map(decoded)];
  const words = whole.flatMap((text) => text.split(/\s+|(?<=^bearer)\+/i));
  const parts = words.flatMap((word) => word.split(/[&=,;:?/]+/));
  const texts = [...whole, ...words, ...parts];
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
