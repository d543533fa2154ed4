import { type LookupAddress, lookup } from 'node:dns';
import { get as httpGet, type IncomingMessage, type RequestOptions } from 'node:http';
import { get as httpsGet } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { providerUrlMistake } from '../../core/identity/provider-url.ts';
import { isPublicAddress } from '../../core/webhooks/address-class.ts';

/** A discovery document has a few KB, a key set with certificates some 30. */
const bodyBytesMax = 512 * 1024;
const headerBytesMax = 16 * 1024;

/** Gives every address of a host. */
export type LookupAll = (
  hostname: string,
  done: (error: NodeJS.ErrnoException | null, found: LookupAddress[]) => void,
) => void;

export interface GetJsonRules {
  readonly allowLoopback: boolean;
  /** True: an address that is not of the public internet is not called. */
  readonly publicOnly: boolean;
  /** For tests; absent: the system's. */
  readonly lookup?: LookupAll;
}

/**
 * Reads JSON from a provider. Only https is spoken (http to this machine, where that is allowed),
 * certificates are verified, redirects are not followed, and a body ends at 512 KB. Throws an Error
 * that says why, without what the provider sent.
 */
export async function getJson(
  address: string,
  rules: GetJsonRules,
  signal: AbortSignal,
): Promise<unknown> {
  const mistake = providerUrlMistake(address, rules);
  if (mistake !== undefined) throw new Error(`the address ${mistake}`);
  const url = new URL(address);
  const response = await request(url, rules, signal);
  if (response.statusCode !== 200) {
    response.destroy();
    throw new Error(`it answered ${response.statusCode}`);
  }
  return parse(await readBody(response));
}

function request(url: URL, rules: GetJsonRules, signal: AbortSignal): Promise<IncomingMessage> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  // A literal address is never looked up, so it is checked here.
  if (isIP(host) !== 0 && !mayCall(host, rules)) throw new Error('its address is not public');
  const options: RequestOptions = {
    // A connection that was made under other rules must not be used again.
    agent: false,
    lookup: checkedLookup(rules),
    headers: { accept: 'application/json' },
    maxHeaderSize: headerBytesMax,
    signal,
  };
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const get = url.protocol === 'http:' ? httpGet : httpsGet;
  get(url, options, resolve).on('error', reject);
  return promise;
}

/** The connection goes to the very addresses that were checked, so a second look-up cannot differ. */
function checkedLookup(rules: GetJsonRules): LookupFunction {
  const lookUp = rules.lookup ?? ((hostname, done) => lookup(hostname, { all: true }, done));
  return (hostname, options, done) => {
    lookUp(hostname, (error, found) => {
      const [first] = found ?? [];
      if (error !== null) done(error, '');
      else if (first === undefined || !found.every(({ address }) => mayCall(address, rules))) {
        done(new Error('its address is not public'), '');
      } else if (options.all === true) done(null, found);
      else done(null, first.address, first.family);
    });
  };
}

function mayCall(address: string, { publicOnly, allowLoopback }: GetJsonRules): boolean {
  if (!publicOnly || isPublicAddress(address)) return true;
  return allowLoopback && (address === '::1' || address.startsWith('127.'));
}

async function readBody(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // Without an encoding set, a response gives buffers.
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > bodyBytesMax) throw new Error(`its answer is over ${bodyBytesMax} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (error) {
    throw new Error('its answer is not JSON', { cause: error });
  }
}
