import { isIP, type LookupFunction } from 'node:net';

/**
 * Answers every look-up of a connection with the checked addresses, whatever the name servers say
 * by now. It is not called for literals; those are checked with the URL.
 */
export function pinnedLookup(addresses: readonly string[]): LookupFunction {
  const answers = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_hostname, options, callback) => {
    const [first] = answers;
    if (first === undefined) throw new TypeError('"addresses" is empty');
    // Node calls back later as well; a callback before the socket is listened to loses its errors.
    process.nextTick(() => {
      if (options.all === true) callback(null, answers);
      else callback(null, first.address, first.family);
    });
  };
}
