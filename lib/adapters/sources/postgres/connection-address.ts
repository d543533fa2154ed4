/** Where the server is and who signs in, read from a connection URL. */
export interface ConnectionAddress {
  /** A name, an address, or the folder of a unix socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** True when the bytes never leave this machine: loopback or a unix socket. */
  readonly isLocal: boolean;
  readonly isSocket: boolean;
}

/**
 * Reads `postgres://user:password@host:port/database`; a unix socket's folder is a host like `%2Ftmp`.
 * What the URL's query says of encryption and time limits is passed over: the catalog decides these.
 * Throws TypeError with a reason that repeats nothing of the URL.
 */
export function parseConnectionUrl(text: string): ConnectionAddress {
  const url = parseUrl(text.trim());
  refuseUnknownSettings(url.searchParams);
  const host = hostOf(url);
  const user = decode(url.username);
  if (host === '' || user === '') throw new TypeError('it names no host or no user');
  const isSocket = host.startsWith('/');
  return {
    host,
    port: url.port === '' ? 5432 : Number(url.port),
    user,
    password: decode(url.password),
    database: decode(url.pathname.slice(1)) || user,
    isLocal: isSocket || isLoopback(host),
    isSocket,
  };
}

// What other clients put into the URL and what is settled by the catalog or by us.
const settledElsewhere: ReadonlySet<string> = new Set([
  ...['sslmode', 'ssl', 'sslrootcert', 'sslnegotiation', 'uselibpqcompat', 'gssencmode'],
  ...['channel_binding', 'target_session_attrs', 'application_name', 'client_encoding'],
  ...['connect_timeout', 'keepalives', 'keepalives_idle', 'keepalives_interval'],
]);

function parseUrl(text: string): URL {
  // The parser's own error would repeat the text, password and all, so it is not kept as the cause.
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'postgres:' || url?.protocol === 'postgresql:') return url;
  throw new TypeError('it is not of the form postgres://user:password@host:port/database');
}

function refuseUnknownSettings(settings: URLSearchParams): void {
  const isKnown = [...settings.keys()].every((name) => settledElsewhere.has(name));
  if (isKnown) return;
  // The setting is not named: after a stray question mark it could be the rest of the password.
  throw new TypeError('it has a setting after the question mark that is not supported');
}

function hostOf(url: URL): string {
  return decode(url.hostname).replace(/^\[(.*)\]$/, '$1');
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    const reason = 'it has a percent sign that begins no escape; write %25 for a percent sign';
    throw new TypeError(reason, { cause: error });
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}
