import { typeCases } from './vendor-database.ts';

const work = ['exportId', 'tenantId', 'attempt'];
const invocation = ['function', 'functionInvocationId', 'traceId'];

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

/** What queries and alerts ask of each kind of line. */
const requiredFields: Readonly<Record<string, readonly string[]>> = {
  'table exported': [...work, 'table', 'source', 'rows', 'bytes', 'durationMs'],
  'table could not be exported': [...work, 'table', 'tableIndex', 'code', 'passing'],
  'table began again': [...work, 'table', 'tableIndex', 'runs'],
  'table waits for its source': [...work, 'table', 'tableIndex', 'code'],
  'watchdog restarts a lane': [...work, 'run', 'lane', 'start', 'tables'],
  'export ended': [...work, 'status', 'rows', 'bytes', 'tables', 'failedTables', 'durationMs'],
  'webhook attempted': ['tenantId', 'deliveryId', 'endpointId', 'type', 'attempt', 'durationMs'],
  'webhook endpoint disabled': ['tenantId', 'endpointId', 'reason'],
  'webhook call failed': ['host', 'error'],
  'queue measured': ['pending', 'processing', 'oldestPendingSeconds', 'oldestProcessingSeconds'],
  'deliveries measured': ['pending', 'overdue', 'oldestOverdueSeconds', 'restarted'],
  'retention sweep done': ['deleted', 'failed', 'lagSeconds'],
  'watchdog restarts an export': [...work, 'status', 'state'],
  'export takes long': [...work, 'hours'],
  'audit head': ['chain', 'month', 'seq', 'hash'],
  'request refused': ['requestId', 'route', 'code'],
  'request failed': ['requestId', 'route', 'code'],
};

/** The lines of the app itself: JSON objects among whatever else a host writes. */
export function appLines(log: string): readonly LogLine[] {
  return log
    .split('\n')
    .filter((line) => line.startsWith('{"time":'))
    .map((line): LogLine => JSON.parse(line));
}

export type LogLine = Readonly<Record<string, unknown>> & { readonly message: string };

/** What lines of these kinds lack, as "field of message"; each also needs what ties it to its invocation. */
export function missingFields(lines: readonly LogLine[]): readonly string[] {
  const missing = lines.flatMap((line) => {
    const own = requiredFields[line.message];
    const needed = own === undefined ? [] : [...own, ...invocation];
    return needed
      .filter((field) => line[field] === undefined)
      .map((field) => `${field} of ${line.message}`);
  });
  return [...new Set(missing)];
}
