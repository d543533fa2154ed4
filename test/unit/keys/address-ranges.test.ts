import { describe, expect, test } from 'vitest';
import { isAddressRange, isWithinRanges } from '../../../lib/core/keys/address-ranges.ts';
import { keyWorld, operator } from './key-world.ts';

describe('address ranges', () => {
  test.each(['203.0.113.7', '203.0.113.0/24', '0.0.0.0/0', '2001:db8::1', '2001:db8::/48', '::/0'])(
    '%s is one',
    (text) => expect(isAddressRange(text)).toBe(true),
  );

  test.each([
    '',
    '203.0.113.0/33',
    '203.0.113.0/-1',
    '203.0.113.0/024',
    '203.0.113.0/24/8',
    '203.0.113',
    '203.0.113.0/',
    '2001:db8::/129',
    'fe80::1%eth0',
    '::ffff:203.0.113.0/120',
    'example.com',
  ])('%j is none', (text) => expect(isAddressRange(text)).toBe(false));

  const ranges = ['203.0.113.0/24', '198.51.100.7', '2001:db8:1::/48'];
  test.each([
    ['203.0.113.0', true],
    ['203.0.113.255', true],
    ['::ffff:203.0.113.9', true],
    ['::FFFF:CB00:7109', true],
    ['203.0.114.0', false],
    ['198.51.100.7', true],
    ['198.51.100.8', false],
    ['2001:db8:1:ffff::9', true],
    ['2001:DB8:1::9', true],
    ['2001:db8:2::9', false],
    ['203.0.113.1.example', false],
    [undefined, false],
  ])('%s is inside: %s', (address, inside) => {
    expect(isWithinRanges(ranges, address)).toBe(inside);
  });
});

describe('a key that is bound to addresses', () => {
  const allowedAddresses = ['203.0.113.0/24'];

  test('works from there alone; where no address is told, it does not', async () => {
    const { service } = keyWorld();
    const wish = { tenantId: 'acme', name: 'k', allowedAddresses };
    const { key, record } = await service.create(operator, wish);
    expect(record.allowedAddresses).toEqual(allowedAddresses);
    await expect(service.authenticate(key, '203.0.113.5')).resolves.toMatchObject({ kind: 'key' });
    for (const address of ['203.0.114.5', undefined]) {
      await expect(service.authenticate(key, address)).rejects.toMatchObject({
        code: 'unauthenticated',
        internal: `Refused: the key ${record.id} is not allowed from this address.`,
      });
    }
  });

  test('names 1 to 20 ranges, each of them sound', async () => {
    const { service } = keyWorld();
    const pointersOf = async (ranges: readonly string[]) =>
      service
        .create(operator, { tenantId: 'acme', name: 'k', allowedAddresses: ranges })
        .then(() => [])
        .catch((error) => error.mistakes.map(({ pointer }: { pointer: string }) => pointer));
    expect(await pointersOf(Array(20).fill('203.0.113.1'))).toEqual([]);
    expect(await pointersOf(Array(21).fill('203.0.113.1'))).toEqual(['/allowedAddresses']);
    expect(await pointersOf([])).toEqual(['/allowedAddresses']);
    expect(await pointersOf(['203.0.113.1', 'x'])).toEqual(['/allowedAddresses/1']);
  });
});
