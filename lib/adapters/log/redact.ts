/** The last line of defence: what looks like a credential never reaches a log, whoever wrote it there. */
const patterns: readonly (readonly [RegExp, string])[] = [
  [
    /(?<=\b|%[0-9A-F]{2})(sig|skoid|code|password|pwd|secret|client_secret|token)(=|%3D)[^&\s]+/gi,
    '$1=[redacted]',
  ],
  [/slc(_|%5F)[a-z0-9]+(_|%5F)[0-9A-Za-z]+(_|%5F)[0-9A-Za-z]+/gi, 'slc_[redacted]'],
  [/whsec(_|%5F)[A-Za-z0-9+/=_%-]+/gi, 'whsec_[redacted]'],
  [/\b(Bearer|Basic)(\s|%20|\+)+[A-Za-z0-9._~+/=-]+/gi, '$1 [redacted]'],
  // A signed token: header and payload are JSON objects in base64url.
  [/\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*(\.[A-Za-z0-9_-]*)?/g, '[redacted token]'],
  [/\bAccountKey=[^;\s]+/gi, 'AccountKey=[redacted]'],
  // Up to the last @ of the word: a password may hold one.
  [/\b([a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):[^\s/][^\s]*@/gi, '$1:[redacted]@'],
];

/** The text with everything that looks like a key, a link's signature or a password taken out. */
export function redact(text: string): string {
  return patterns.reduce((clean, [pattern, by]) => clean.replaceAll(pattern, by), text);
}
