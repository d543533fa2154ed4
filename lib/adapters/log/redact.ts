/** The last line of defence: what looks like a credential never reaches a log, whoever wrote it there. */
const patterns: readonly (readonly [RegExp, string])[] = [
  [/\b(sig|skoid|code|password|pwd)=[^&\s"']+/gi, '$1=[redacted]'],
  [/\bslc_[a-z]+_[0-9A-Za-z]+_[0-9A-Za-z]+/g, 'slc_[redacted]'],
  [/\bwhsec_[A-Za-z0-9+/=]+/g, 'whsec_[redacted]'],
  [/\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]+/gi, '$1 [redacted]'],
  [/\bAccountKey=[^;\s"']+/gi, 'AccountKey=[redacted]'],
  [/\b([a-z][a-z0-9+.-]*:\/\/[^\s:/@"']+):[^\s@"']+@/gi, '$1:[redacted]@'],
];

/** The text with everything that looks like a key, a link's signature or a password taken out. */
export function redact(text: string): string {
  return patterns.reduce((clean, [pattern, by]) => clean.replaceAll(pattern, by), text);
}
