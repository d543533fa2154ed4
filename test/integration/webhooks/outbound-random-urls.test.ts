import { randomInt } from 'node:crypto';
import {
  type Arbitrary,
  array,
  assert,
  asyncProperty,
  constant,
  constantFrom,
  ipV4,
  ipV4Extended,
  ipV6,
  nat,
  oneof,
  string,
  tuple,
  webUrl,
} from 'fast-check';
import { expect, test } from 'vitest';
import { createOutbound } from '../../../lib/adapters/webhooks/outbound-client.ts';
import { hostileAddresses, hostileSpellings, publicAddresses } from '../../support/addresses.ts';
import { watchConnections } from '../../support/watch-connections.ts';
import { recordingLog } from '../../support/webhook-samples.ts';

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

/** What a hostile name server says: always at least one bad address, or nothing at all. */
const answers: Arbitrary<readonly string[]> = oneof(
  constant([]),
  tuple(
    array(constantFrom(...publicAddresses), { maxLength: 3 }),
    constantFrom(...hostileAddresses),
    array(constantFrom(...publicAddresses), { maxLength: 3 }),
  ).map(([before, bad, after]) => [...before, bad, ...after]),
);

test('S18 of 5,000 random URLs none makes us connect to anything', async () => {
  const seed = randomInt(2 ** 31);
  console.info(`random URLs, seed ${seed}`);
  using connections = watchConnections();
  let lookups = 0;
  const property = asyncProperty(urls, answers, async (url, addresses) => {
    const resolver = async () => {
      lookups += 1;
      return addresses;
    };
    const urlRules = { allowLoopback: false, extraPorts: [], ownHosts: [] };
    const client = createOutbound({ urlRules, log: recordingLog(), resolver });
    const result = await client.post({ url, headers: {}, body: '{}' });
    expect(result).toEqual({
      ok: false,
      error: expect.stringMatching(/^(blocked_destination|dns_failure)$/),
    });
    expect(connections.count).toBe(0);
  });
  await assert(property, { seed, numRuns: 5000 });
  // Else the rules alone would have refused everything, and the look-up would be untested.
  expect(lookups).toBeGreaterThan(100);
});
