import { isIPv6 } from 'node:net';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addressPrefix } from '../../../lib/core/throttle/address-prefix.ts';

test.each([
  ['203.0.113.77', '203.0.113.0/24'],
  ['::ffff:203.0.113.77', '203.0.113.0/24'],
  ['::FFFF:cb00:714d', '203.0.113.0/24'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1::/48'],
  ['2001:0DB8:0001::6', '2001:db8:1::/48'],
  ['2001:db8::1', '2001:db8:0::/48'],
  ['1::4:5:6:7:8', '1:0:0::/48'],
  ['::3:4:5:6:7:8', '0:0:3::/48'],
  ['::1', '0:0:0::/48'],
  ['fe80::1%eth0', 'fe80:0:0::/48'],
  ['nonsense', undefined],
  ['', undefined],
  [undefined, undefined],
])('%s belongs to %s', (address, prefix) => {
  expect(addressPrefix(address)).toBe(prefix);
});

test('every IPv6 address has a prefix that is a network, the same for all of its spellings', () => {
  fc.assert(
    fc.property(fc.ipV6(), (address) => {
      const prefix = addressPrefix(address) ?? '';
      const network = prefix.replace('/48', '').replace('/24', '');
      expect(isIPv6(network) || /^\d+\.\d+\.\d+\.0$/.test(network)).toBe(true);
      expect(addressPrefix(address.toUpperCase())).toBe(prefix);
    }),
  );
});
