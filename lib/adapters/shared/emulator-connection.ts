/** What a connection string of the storage emulator says. */
export interface EmulatorConnection {
  readonly accountName: string;
  readonly accountKey: string;
  /** Without a slash at the end. */
  readonly blobUrl: string;
}

// Published by Microsoft for the emulator; it opens nothing else.
const emulatorName = 'devstoreaccount1';
const emulatorKey =
  'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';
const loopbackHosts: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** True for `UseDevelopmentStorage=true` and for `devstoreaccount1` with every endpoint on a loopback host. */
export function isEmulatorConnectionString(text: string): boolean {
  const parts = parse(text);
  if (isShorthand(parts)) return true;
  const endpoints = endpointsOf(parts);
  return (
    parts.get('accountname') === emulatorName &&
    endpoints.length > 0 &&
    endpoints.every(isLoopbackUrl)
  );
}

/** Reads the string; throws TypeError, without repeating it, when it is not the emulator's. */
export function requireEmulator(text: string): EmulatorConnection {
  if (!isEmulatorConnectionString(text)) {
    throw new TypeError(
      'A connection string with an account key is taken for the local storage emulator only. ' +
        "Give the service's URL instead and let an identity sign in.",
    );
  }
  const parts = parse(text);
  const blobUrl = parts.get('blobendpoint') ?? `http://127.0.0.1:10000/${emulatorName}`;
  return {
    accountName: emulatorName,
    accountKey: parts.get('accountkey') ?? emulatorKey,
    blobUrl: blobUrl.replace(/\/$/, ''),
  };
}

function parse(text: string): ReadonlyMap<string, string> {
  const pairs = text.split(';').map((pair) => pair.trim());
  return new Map(
    pairs
      .filter((pair) => pair !== '')
      .map((pair) => [nameOf(pair), pair.slice(pair.indexOf('=') + 1)]),
  );
}

function nameOf(pair: string): string {
  return pair.slice(0, pair.indexOf('=')).toLowerCase();
}

// A proxy URI would send the shorthand to any host, so it counts as no shorthand.
function isShorthand(parts: ReadonlyMap<string, string>): boolean {
  return parts.size === 1 && parts.get('usedevelopmentstorage')?.toLowerCase() === 'true';
}

function endpointsOf(parts: ReadonlyMap<string, string>): readonly string[] {
  return [...parts].filter(([name]) => name.endsWith('endpoint')).map(([, value]) => value);
}

function isLoopbackUrl(value: string): boolean {
  return URL.canParse(value) && loopbackHosts.has(new URL(value).hostname);
}
