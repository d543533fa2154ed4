import { plainAddress } from './plain-address.ts';

/**
 * The network that an address belongs to, `203.0.113.0/24` or `2001:db8:1::/48`: what one customer
 * typically has, and too coarse to name a person. Undefined for what is no address.
 */
export function addressPrefix(address: string | undefined): string | undefined {
  const plain = address === undefined ? undefined : plainAddress(address);
  if (plain === undefined) return undefined;
  if (plain.family === 'ipv4') return `${plain.text.replace(/\d+$/, '0')}/24`;
  const groups = plain.groups.slice(0, 3).map((group) => group.toString(16));
  return `${groups.join(':')}::/48`;
}
