import { isIPv4 } from 'node:net';
import type { DestinationTrouble } from '../../core/webhooks/outbound.ts';
import { checkWebhookUrl, type UrlRules } from '../../core/webhooks/url-rules.ts';
import type { HostResolver } from './resolve-host.ts';
import { withDeadline } from './with-deadline.ts';

/** A URL together with the only addresses that a call to it may connect to. */
export interface Destination {
  readonly url: URL;
  /** Never empty, all checked; IPv4, or this machine's own in development. */
  readonly addresses: readonly string[];
}

export type FoundDestination =
  | { readonly ok: true; readonly destination: Destination }
  | { readonly ok: false; readonly error: DestinationTrouble };

export interface DestinationRules {
  readonly urlRules: UrlRules;
  readonly resolver: HostResolver;
  readonly isAllowedAddress: (address: string) => boolean;
  readonly resolveTimeoutMs: number;
}

/** Node tries at most so many addresses of one name. */
const addressesMax = 4;

/** Checks the URL, resolves its host and refuses it when a single one of the addresses is bad. */
export async function findDestination(
  text: string,
  rules: DestinationRules,
  signal: AbortSignal,
): Promise<FoundDestination> {
  const checked = checkWebhookUrl(text, rules.urlRules);
  if (!checked.ok) return { ok: false, error: 'blocked_destination' };
  const { url, loopback } = checked;
  if (loopback) return found(url, loopbackAddresses(url.hostname));
  const addresses = await resolve(url.hostname, rules, signal);
  if (addresses === undefined || addresses.length === 0) return { ok: false, error: 'dns_failure' };
  if (!addresses.every(rules.isAllowedAddress)) return { ok: false, error: 'blocked_destination' };
  return found(url, addresses.filter(isIPv4).slice(0, addressesMax));
}

function found(url: URL, addresses: readonly string[]): FoundDestination {
  if (addresses.length === 0) return { ok: false, error: 'dns_failure' };
  return { ok: true, destination: { url, addresses } };
}

/** The rules let only these three names pass; none of them is asked of a name server. */
function loopbackAddresses(hostname: string): readonly string[] {
  if (hostname === 'localhost') return ['127.0.0.1', '::1'];
  return [hostname === '[::1]' ? '::1' : '127.0.0.1'];
}

/** Undefined when the name servers did not give a whole answer in time. */
async function resolve(
  hostname: string,
  { resolver, resolveTimeoutMs }: DestinationRules,
  signal: AbortSignal,
): Promise<readonly string[] | undefined> {
  try {
    return await withDeadline(resolveTimeoutMs, signal, (limit) => resolver(hostname, limit));
  } catch {
    // Whatever went wrong, the address is unknown, and unknown is refused.
    return undefined;
  }
}
