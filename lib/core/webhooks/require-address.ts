import { SluiceError } from '../errors.ts';
import type { EndpointAuthInput } from './auth-input.ts';
import type { DestinationCheck } from './outbound.ts';
import { requireWebhookUrl, type UrlRules } from './url-rules.ts';

export interface AddressDeps {
  readonly urlRules: UrlRules;
  readonly destinations: DestinationCheck;
}

/** The URL as it is kept. Throws `webhook_url_refused` for what deliveries may not go to. */
export async function requireAddress(deps: AddressDeps, url: string): Promise<string> {
  const { href } = requireWebhookUrl(url, deps.urlRules);
  await requireReachable(deps, href);
  return href;
}

/** The same for the token URL of OAuth 2; every other kind stays as it is. */
export async function requireAuthAddress<T extends EndpointAuthInput | undefined>(
  deps: AddressDeps,
  auth: T,
): Promise<T> {
  if (auth?.kind !== 'oauth2') return auth;
  return { ...auth, tokenUrl: await requireAddress(deps, auth.tokenUrl) };
}

/** One text for all blocked addresses: more would help to look around behind the name. */
async function requireReachable({ destinations }: AddressDeps, url: string): Promise<void> {
  const trouble = await destinations.check(url);
  if (trouble === undefined) return;
  const message =
    trouble === 'dns_failure'
      ? 'The host name has no IPv4 address that could be looked up; check the name and try again.'
      : 'The host name leads to an address outside the public internet; use a public host.';
  throw new SluiceError('webhook_url_refused', { message });
}
