import { typeCases } from './vendor-database.ts';

/** What no log line may hold, whoever wrote it. */
const patterns: readonly (readonly [string, RegExp])[] = [
  ['an API key', /slc_[a-z0-9]+_[0-9A-Za-z]{12}_[0-9A-Za-z]+/],
  ["a link's signature", /\bsig=(?!\[redacted\])/i],
  ['a signing secret', /whsec_(?!\[redacted\])/],
  ['an account key', /AccountKey=(?!\[redacted\])/i],
  ['a password in a URL', /:\/\/[^\s:/@"']+:(?!\[redacted\])[^\s:/@"']+@/],
  ['a bearer token', /\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]+/],
  // A test that sends a secret of its own puts this word into it.
  ['a planted secret', /canary/i],
];

/** Cells of the vendor's tables that cannot be in a log by chance. */
const cells: readonly string[] = [
  'beta-secret-4711',
  'Béla',
  'Only beta',
  'c4ca4238a0b923820dcc509a6f75849b',
  ...typeCases.map(([, , , csv]) => csv).filter((text) => text.length >= 16),
];

/** Every line that holds a secret or row data, as "what (line n)"; never the line itself. */
export function secretsIn(log: string, secrets: readonly string[]): readonly string[] {
  return log
    .split('\n')
    .flatMap((line, index) =>
      [
        ...patterns.filter(([, pattern]) => pattern.test(line)).map(([what]) => what),
        ...cells.filter((cell) => line.includes(cell)).map((cell) => `the cell ${cell}`),
        ...(secrets.some((secret) => line.includes(secret)) ? ['a secret of the settings'] : []),
      ].map((what) => `${what} (line ${index + 1})`),
    );
}

/** The secrets among a host's settings, and the parts of them that are secrets by themselves. */
export function secretsOf(settings: Readonly<Record<string, string>>): readonly string[] {
  const values = Object.entries(settings).flatMap(([name, value]) => {
    if (name.startsWith('SLUICE_SECRET_')) return [value, ...partsOf(value)];
    return /AccountKey=([^;]+)/.exec(value)?.[1] ?? [];
  });
  return [...new Set(values)].filter((value) => value.length >= 12);
}

function partsOf(value: string): readonly string[] {
  if (value.startsWith('{')) return Object.values(JSON.parse(value) as Record<string, string>);
  return URL.canParse(value) ? [decodeURIComponent(new URL(value).password)] : [];
}
