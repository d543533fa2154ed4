import { isIPv4 } from 'node:net';

/** security.md §2.3 as first and last address, written down apart from the code under test. */
const refusedIpv4: readonly (readonly [string, string])[] = [
  ['0.0.0.0', '0.255.255.255'],
  ['10.0.0.0', '10.255.255.255'],
  ['100.64.0.0', '100.127.255.255'],
  ['127.0.0.0', '127.255.255.255'],
  ['168.63.129.16', '168.63.129.16'],
  ['169.254.0.0', '169.254.255.255'],
  ['172.16.0.0', '172.31.255.255'],
  ['192.0.0.0', '192.0.0.255'],
  ['192.0.2.0', '192.0.2.255'],
  ['192.31.196.0', '192.31.196.255'],
  ['192.52.193.0', '192.52.193.255'],
  ['192.88.99.0', '192.88.99.255'],
  ['192.168.0.0', '192.168.255.255'],
  ['192.175.48.0', '192.175.48.255'],
  ['198.18.0.0', '198.19.255.255'],
  ['198.51.100.0', '198.51.100.255'],
  ['203.0.113.0', '203.0.113.255'],
  ['224.0.0.0', '255.255.255.255'],
];

/** First address and bits of the prefix. */
const refusedIpv6: readonly (readonly [bigint, number])[] = [
  [0x2001n << 112n, 23],
  [0x20010db8n << 96n, 32],
  [0x2002n << 112n, 16],
  [0x2620004f8000n << 80n, 48],
  [0x3fffn << 112n, 20],
];

/** Whether an address is public, by comparing numbers. */
export function isPublicByArithmetic(address: string): boolean {
  if (address.includes('%')) return false;
  if (isIPv4(address)) return isPublicIpv4(ipv4Number(address));
  const value = ipv6Number(address);
  if (value >> 32n === 0xffffn) return isPublicIpv4(Number(value & 0xffffffffn));
  const isGlobal = value >> 125n === 1n;
  return isGlobal && !refusedIpv6.some(([first, bits]) => samePrefix(value, first, bits));
}

function isPublicIpv4(value: number): boolean {
  return !refusedIpv4.some(
    ([first, last]) => value >= ipv4Number(first) && value <= ipv4Number(last),
  );
}

function ipv4Number(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

function ipv6Number(address: string): bigint {
  const [head = '', tail] = withoutDots(address).split('::');
  const front = groupsOf(head);
  const back = groupsOf(tail ?? '');
  const zeros = Array.from({ length: 8 - front.length - back.length }, () => '0');
  const groups = tail === undefined ? front : [...front, ...zeros, ...back];
  return groups.reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n);
}

/** `::ffff:1.2.3.4` as `::ffff:102:304`. */
function withoutDots(address: string): string {
  return address.replace(/[0-9.]+\.[0-9.]+$/, (dotted) => {
    const value = ipv4Number(dotted);
    return `${Math.floor(value / 65_536).toString(16)}:${(value % 65_536).toString(16)}`;
  });
}

function groupsOf(text: string): readonly string[] {
  return text === '' ? [] : text.split(':');
}

function samePrefix(value: bigint, first: bigint, bits: number): boolean {
  const rest = BigInt(128 - bits);
  return value >> rest === first >> rest;
}
