import { describe, expect, test } from 'vitest';
import { isPublicAddress } from '../../../lib/core/webhooks/address-class.ts';
import { hostileAddresses, publicAddresses } from '../../support/addresses.ts';

describe('S18 the class of an address', () => {
  test.each(hostileAddresses)('%s is refused', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  test.each(publicAddresses)('%s is public', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  test.each([
    '9.255.255.255',
    '11.0.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '168.63.129.15',
    '168.63.129.17',
    '172.15.255.255',
    '172.32.0.0',
    '223.255.255.255',
    '2001:200::1',
    '2003::1',
    '3fff:1000::1',
  ])('%s, just outside a refused range, is public', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  test.each(['::ffff:8.8.8.8', '::FFFF:808:808', '0:0:0:0:0:ffff:8.8.8.8'])(
    '%s is judged as the IPv4 address in it',
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );

  test.each([
    '0:0:0:0:0:ffff:127.0.0.1',
    '::FFFF:A83F:8110',
    '0000:0000:0000:0000:0000:ffff:0a00:0001',
  ])('%s hides a refused IPv4 address and is refused', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  test.each([
    '',
    'localhost',
    '8.8.8',
    '08.8.8.8',
    '8.8.8.8 ',
    '[2606:4700::1111]',
    '2606:4700::1111%eth0',
    '8.8.8.8/32',
  ])('%j is no address and is refused', (text) => {
    expect(isPublicAddress(text)).toBe(false);
  });
});
