import { BlockList, isIP } from 'node:net';
import { plainAddress } from '../throttle/plain-address.ts';

/** True for an address or a CIDR range of IPv4 or IPv6; one without a length stands for itself. */
export function isAddressRange(text: string): boolean {
  const [network = '', length, ...more] = text.split('/');
  if (isIP(network) === 0 || network.includes('%') || more.length > 0) return false;
  const bits = isIP(network) === 4 ? 32 : 128;
  // A range of IPv4 addresses in the clothes of IPv6 would never match: addresses are undressed first.
  if (bits === 128 && plainAddress(network)?.family === 'ipv4') return false;
  return length === undefined || (/^(0|[1-9]\d{0,2})$/.test(length) && Number(length) <= bits);
}

/** True when the address is in one of the ranges; never without an address. */
export function isWithinRanges(ranges: readonly string[], address: string | undefined): boolean {
  const plain = address === undefined ? undefined : plainAddress(address);
  if (plain === undefined) return false;
  return listOf(ranges).check(plain.text, plain.family);
}

function listOf(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [network = '', length] = range.split('/');
    const [family, bits] = isIP(network) === 4 ? (['ipv4', 32] as const) : (['ipv6', 128] as const);
    list.addSubnet(network, Number(length ?? bits), family);
  }
  return list;
}
