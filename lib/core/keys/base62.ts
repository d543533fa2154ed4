import { randomBytes } from 'node:crypto';

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** Bytes from here on would make some characters likelier than others. */
const fairBytes = 256 - (256 % alphabet.length);

/** `length` characters of `[0-9A-Za-z]`, all equally likely, from the system's random source. */
export function randomBase62(length: number): string {
  let text = '';
  // Each byte is used with a chance of 97 %, so this ends.
  while (text.length < length) {
    for (const byte of randomBytes(length - text.length)) {
      if (byte < fairBytes) text += alphabet.charAt(byte % alphabet.length);
    }
  }
  return text;
}

/** A whole number as exactly `length` characters. Throws RangeError when it does not fit. */
export function toBase62(value: number, length: number): string {
  let rest = value;
  let text = '';
  for (let digit = 0; digit < length; digit++) {
    text = alphabet.charAt(rest % alphabet.length) + text;
    rest = Math.floor(rest / alphabet.length);
  }
  if (rest > 0) throw new RangeError(`${value} does not fit into ${length} characters.`);
  return text;
}
