import { isIPv4, isIPv6 } from 'node:net';

/** An IP address in one form: IPv4 as text, IPv6 as its eight groups. */
export type PlainAddress =
  | { readonly family: 'ipv4'; readonly text: string }
  | { readonly family: 'ipv6'; readonly text: string; readonly groups: readonly number[] };

/** Undefined for what is no address. An IPv4 address inside an IPv6 one (`::ffff:…`) is an IPv4 one. */
export function plainAddress(address: string): PlainAddress | undefined {
  if (isIPv4(address)) return { family: 'ipv4', text: address };
  // A zone names an interface of some machine and says nothing about the network.
  const text = address.replace(/%.*$/, '');
  if (!isIPv6(text)) return undefined;
  const groups = groupsOf(text);
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (!isMapped) return { family: 'ipv6', text, groups };
  const octets = groups.slice(6).flatMap((group) => [group >> 8, group & 255]);
  return { family: 'ipv4', text: octets.join('.') };
}

/** The URL parser brings every spelling to one: no dots, the longest run of zeros as `::`. */
function groupsOf(text: string): readonly number[] {
  const { hostname } = new URL(`http://[${text}]/`);
  const [head = '', tail = ''] = hostname.slice(1, -1).split('::');
  const [left, right] = [numbersOf(head), numbersOf(tail)];
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => 0);
  return [...left, ...zeros, ...right];
}

function numbersOf(text: string): readonly number[] {
  return text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
}
