type Rule = readonly [pattern: RegExp, by: string | ((found: string) => string)];

/**
 * The last line of defence: what looks like a credential never reaches a log, whoever wrote it there. What is
 * logged may come from outside and be long, so no rule may look at a character more than a few times: a pattern
 * either begins where no other match of it can reach, or takes what it has looked at.
 */
const rules: readonly Rule[] = [
  [
    /(?<=\b|%[0-9A-F]{2})(sig|skoid|code|password|pwd|secret|client_secret|token)(=|%3D)[^&\s]+/gi,
    '$1=[redacted]',
  ],
  [/slc(_|%5F)[a-z0-9]+(_|%5F)[0-9A-Za-z]+(_|%5F)[0-9A-Za-z]+/gi, 'slc_[redacted]'],
  [/whsec(_|%5F)[A-Za-z0-9+/=_%-]+/gi, 'whsec_[redacted]'],
  [/\b(Bearer|Basic)(\s|%20|\+)+[A-Za-z0-9._~+/=-]+/gi, '$1 [redacted]'],
  [/(?<![A-Za-z0-9_-])[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)+/g, withoutToken],
  [/\bAccountKey=[^;\s]+/gi, 'AccountKey=[redacted]'],
  [/\S+/g, withoutPassword],
];

/** The text with everything that looks like a key, a link's signature or a password taken out. */
export function redact(text: string): string {
  return rules.reduce((clean, [pattern, by]) => replaceAll(clean, pattern, by), text);
}

function replaceAll(text: string, pattern: RegExp, by: Rule[1]): string {
  return typeof by === 'string' ? text.replaceAll(pattern, by) : text.replaceAll(pattern, by);
}

/** A signed token: header and payload are JSON objects in base64url, with dots between. */
function withoutToken(dotted: string): string {
  const at = dotted.slice(0, dotted.lastIndexOf('.')).search(/\beyJ[A-Za-z0-9_-]/);
  return at < 0 ? dotted : `${dotted.slice(0, at)}[redacted token]`;
}

/** The password in front of a URL's host, up to the last @ of the word: it may hold one itself. */
function withoutPassword(word: string): string {
  const end = word.lastIndexOf('@');
  for (let at = word.indexOf('://'); at >= 0 && at < end; at = word.indexOf('://', at + 3)) {
    if (!/[a-z0-9+.-]/i.test(word[at - 1] ?? '')) continue;
    const colon = endOfUser(word, at + 3);
    if (word[colon] === ':' && word[colon + 1] !== '/' && colon + 1 < end) {
      return `${word.slice(0, colon)}:[redacted]${word.slice(end)}`;
    }
  }
  return word;
}

function endOfUser(word: string, from: number): number {
  let at = from;
  while (at < word.length && !':/@'.includes(word[at] ?? '')) at++;
  return at;
}
