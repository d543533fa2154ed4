import { z } from 'zod';

/** An IPv4 address or a range of them, first to last, as a link can be bound to. */
export const ipRange = z
  .string()
  .refine(isIpRange, 'Send one IPv4 address or a range in order: "a.b.c.d" or "a.b.c.d-e.f.g.h".');

function isIpRange(text: string): boolean {
  const ends = text.split('-').map(addressNumber);
  const [first, last = first] = ends;
  if (ends.length > 2 || first === undefined || last === undefined) return false;
  return !ends.includes(undefined) && first <= last;
}

/** The address as a number, or undefined; leading zeros are refused because some readers take them as octal. */
function addressNumber(text: string): number | undefined {
  const octets = text.split('.');
  const isAddress =
    octets.length === 4 && octets.every((octet) => /^(0|[1-9]\d{0,2})$/.test(octet));
  if (!isAddress || octets.some((octet) => Number(octet) > 255)) return undefined;
  return octets.reduce((total, octet) => total * 256 + Number(octet), 0);
}
