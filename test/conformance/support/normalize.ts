const secondsPattern = /\b20\d\d-\d\d-\d\dT[\d:.]+Z/g;
const guidPattern = /\b[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}\b/g;
const stackFields: readonly string[] = ['StackTrace', 'RemoteStackTrace'];

/**
 * Puts placeholders where two runs must differ: times of this century, random ids, stack traces, the port and the
 * system key. Everything else stays, in texts that hold JSON too.
 */
export function normalize(value: unknown): unknown {
  if (typeof value === 'string') return normalizeText(value);
  if (Array.isArray(value)) return value.map(normalize);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, field]) => [
    key,
    stackFields.includes(key) ? '<stack>' : normalize(field),
  ]);
  return Object.fromEntries(entries);
}

function normalizeText(text: string): string {
  const start = text.search(/[{["]/);
  const inner = start < 0 ? undefined : parsed(text.slice(start));
  if (inner !== undefined) {
    return `${normalizePlain(text.slice(0, start))}${JSON.stringify(normalize(inner))}`;
  }
  return normalizePlain(text);
}

function normalizePlain(text: string): string {
  return text
    .replaceAll(secondsPattern, '<time>')
    .replaceAll(guidPattern, '<guid>')
    .replace(/StackTrace: [\s\S]*$/, 'StackTrace: <stack>')
    .replace(/\nStack: [\s\S]*$/, '\nStack: <stack>')
    .replaceAll(/(localhost|127\.0\.0\.1):\d+/g, '$1:<port>')
    .replaceAll(/code=[\w-]{20,}/g, 'code=<system-key>');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
