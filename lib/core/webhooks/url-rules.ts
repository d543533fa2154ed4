import { isIP } from 'node:net';
import { SluiceError } from '../errors.ts';

/** What the operator decided about webhook addresses. */
export interface UrlRules {
  /** For development only: also http or https to `localhost`, 127.0.0.1 and [::1], on any port. */
  readonly allowLoopback: boolean;
  /** Ports beside 443. */
  readonly extraPorts: readonly number[];
  /** The deployment's own host names, which must not call themselves. */
  readonly ownHosts: readonly string[];
}

export type CheckedUrl =
  | { readonly ok: true; readonly url: URL; readonly loopback: boolean }
  | { readonly ok: false; readonly reason: string };

const urlLengthMax = 2000;
const hostLengthMax = 253;
const loopbackHosts: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** These names and everything below them are refused. */
const refusedDomains: readonly string[] = [
  // Names of local networks.
  'local',
  'internal',
  'localhost',
  'home.arpa',
  // Azure's management, sign-in and data services: nothing that takes a webhook.
  'management.azure.com',
  'management.core.windows.net',
  'management.usgovcloudapi.net',
  'management.chinacloudapi.cn',
  'login.microsoftonline.com',
  'login.windows.net',
  'graph.microsoft.com',
  'vault.azure.net',
  'core.windows.net',
  'scm.azurewebsites.net',
];

/** The parsed URL, or the reason why it cannot be a webhook's address, as a sentence for the caller. */
export function checkWebhookUrl(text: string, rules: UrlRules): CheckedUrl {
  const reason = textMistake(text);
  if (reason !== undefined) return { ok: false, reason };
  const url = URL.parse(text);
  if (url === null) return { ok: false, reason: 'Send a complete URL such as https://host/path.' };
  if (rules.allowLoopback && isLoopback(url)) return { ok: true, url, loopback: true };
  const mistake = schemeMistake(url) ?? portMistake(url, rules) ?? hostMistake(url, rules);
  return mistake === undefined
    ? { ok: true, url, loopback: false }
    : { ok: false, reason: mistake };
}

/** The same, but throws `webhook_url_refused` with the reason. */
export function requireWebhookUrl(text: string, rules: UrlRules): URL {
  const checked = checkWebhookUrl(text, rules);
  if (!checked.ok) throw new SluiceError('webhook_url_refused', { message: checked.reason });
  return checked.url;
}

/** What the parser would silently mend or drop is refused here, on the text as it was sent. */
function textMistake(text: string): string | undefined {
  if (text.length > urlLengthMax) return `Send a URL of at most ${urlLengthMax} characters.`;
  if (!/^[\x21-\x7e]+$/.test(text)) {
    return 'A URL has only visible ASCII characters; write other names in Punycode and other paths percent-encoded.';
  }
  if (text.includes('\\')) return 'A URL has no back-slash; use / instead.';
  if (text.includes('#')) return 'Leave out the fragment (everything from #).';
  if (!/^https?:\/\/[^/]/i.test(text)) return 'Send a complete URL such as https://host/path.';
  if (/^[^/]*\/\/[^/?]*@/.test(text)) {
    return 'Leave user and password out of the URL; choose Basic authentication instead.';
  }
  if (/^[^/]*\/\/[^/?]*%/.test(text)) return 'Write the host name without percent signs.';
  return undefined;
}

function isLoopback(url: URL): boolean {
  return loopbackHosts.has(url.hostname);
}

function schemeMistake(url: URL): string | undefined {
  return url.protocol === 'https:' ? undefined : 'Use https.';
}

function portMistake(url: URL, { extraPorts }: UrlRules): string | undefined {
  if (url.port === '' || extraPorts.includes(Number(url.port))) return undefined;
  const ports = [443, ...extraPorts].join(', ');
  return `Use a permitted port: ${ports}.`;
}

function hostMistake({ hostname }: URL, { ownHosts }: UrlRules): string | undefined {
  if (hostname.startsWith('[') || isIP(hostname) !== 0) return 'Use a host name, not an address.';
  if (hostname.length > hostLengthMax || !hasDomainForm(hostname)) {
    return 'Use the full name of a public host, such as hooks.example.com, without a dot at the end.';
  }
  if ([...refusedDomains, ...ownHosts].some((domain) => isWithin(hostname, domain))) {
    return 'This host cannot receive webhooks; use a public host of your own.';
  }
  return undefined;
}

/** At least two labels, the last one not a number. */
function hasDomainForm(hostname: string): boolean {
  const labels = hostname.split('.');
  const last = labels.at(-1) ?? '';
  const well = labels.every((label) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(label));
  return well && labels.length > 1 && !/^[0-9]+$/.test(last);
}

function isWithin(hostname: string, domain: string): boolean {
  const lower = domain.toLowerCase();
  return hostname === lower || hostname.endsWith(`.${lower}`);
}
