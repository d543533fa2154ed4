import { deepEqual, equal, match } from 'node:assert/strict';
import {
  type Arbitrary,
  array,
  assert,
  asyncProperty,
  constant,
  constantFrom,
  domain,
  ipV4,
  ipV4Extended,
  ipV6,
  nat,
  oneof,
  string,
  tuple,
  webUrl,
} from 'fast-check';
import { createOutbound } from '../../lib/adapters/webhooks/outbound-client.ts';
import { isPublicAddress } from '../../lib/core/webhooks/address-class.ts';
import { isPublicByArithmetic } from './address-arithmetic.ts';
import { hostileAddresses, hostileSpellings, publicAddresses } from './addresses.ts';
import { watchConnections } from './watch-connections.ts';
import { recordingLog } from './webhook-samples.ts';

const hosts: Arbitrary<string> = oneof(
  ipV4(),
  ipV4Extended(),
  ipV6().map((address) => `[${address}]`),
  constantFrom(...hostileAddresses).map((address) =>
    address.includes(':') ? `[${address}]` : address,
  ),
  nat(0xffffffff).map(String),
  nat(0xffffffff).map((value) => `0x${value.toString(16)}`),
  constantFrom('localhost', 'LOCALHOST.', 'a.localhost', 'printer.local', 'hooks.example.com', 'x'),
  string({ unit: 'grapheme', maxLength: 20 }),
);

const urls: Arbitrary<string> = oneof(
  webUrl({ withFragments: true, withQueryParameters: true }),
  // These are fine but for what their names lead to.
  domain().map((host) => `https://${host}/`),
  constantFrom(...hostileSpellings),
  string({ unit: 'binary', maxLength: 60 }),
  tuple(
    constantFrom('https://', 'HTTPS://', 'https:\\\\', 'http://', 'https:', '//', 'file://', ''),
    constantFrom('', '', 'user@', 'user:secret@', '@', '\\', '%40', '\t'),
    hosts,
    oneof(
      constant(''),
      constant(':443'),
      nat(70_000).map((port) => `:${port}`),
    ),
    constantFrom('', '/', '/a?b', '/#', '\\@8.8.8.8/', '/%2e%2e/', '?@127.0.0.1'),
  ).map((parts) => parts.join('')),
);

const addresses: Arbitrary<string> = oneof(
  ipV4(),
  ipV6(),
  constantFrom(...hostileAddresses, ...publicAddresses),
);

/** What a hostile name server says: always at least one bad address, or nothing at all. */
const answers: Arbitrary<readonly string[]> = oneof(
  constant([]),
  tuple(
    array(addresses, { maxLength: 3 }),
    constantFrom(...hostileAddresses),
    array(addresses, { maxLength: 3 }),
  ).map(([before, bad, after]) => [...before, bad, ...after]),
);

export interface RandomUrls {
  readonly seed: number;
  readonly runs: number;
}

/**
 * Posts to random URLs whose names resolve to hostile addresses, and throws when a single connection
 * is begun or anything but a refusal comes back. Returns how many names were looked up at all: none
 * would mean that the look-up was not tried. Random addresses are also judged twice, by the code and
 * by plain arithmetic.
 */
export async function tryRandomUrls({ seed, runs }: RandomUrls): Promise<{ lookups: number }> {
  using connections = watchConnections();
  let lookups = 0;
  const property = asyncProperty(urls, answers, addresses, async (url, resolved, address) => {
    const resolver = async () => {
      lookups += 1;
      return resolved;
    };
    const urlRules = { allowLoopback: false, extraPorts: [], ownHosts: [] };
    const client = createOutbound({ urlRules, log: recordingLog(), resolver });
    const result = await client.post({ url, headers: {}, body: '{}' });
    deepEqual({ ...result, error: 'any' }, { ok: false, error: 'any' });
    match('error' in result ? result.error : '', /^(blocked_destination|dns_failure)$/);
    equal(isPublicAddress(address), isPublicByArithmetic(address));
    equal(connections.count, 0);
  });
  await assert(property, { seed, numRuns: runs });
  return { lookups };
}
