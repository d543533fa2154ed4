import { headerNameMistake } from '../../core/webhooks/custom-headers.ts';
import type { OutboundRequest } from '../../core/webhooks/outbound.ts';

/** What is refused as a custom header and is still part of a delivery. */
const deliveryHeaders: ReadonlySet<string> = new Set([
  'webhook-id',
  'webhook-timestamp',
  'webhook-signature',
  'authorization',
  'x-lakeside-hmac-sha256',
]);

/**
 * The headers of one call. Callers may set those of a delivery and custom ones by the same rules as
 * when they are saved, so that no header of the platform (`metadata`, `x-identity-header`), of the
 * connection or of the host can be sent. Throws TypeError.
 */
export function requestHeaders(
  { headers, contentType = 'application/json' }: OutboundRequest,
  body: Buffer,
): Readonly<Record<string, string>> {
  for (const [name, value] of Object.entries(headers)) {
    if (!mayBeSet(name)) throw new TypeError(`"${name}" is not a header of a delivery`);
    if (!/^[\x20-\x7e]*$/.test(value)) throw new TypeError(`"${name}" has a bad character`);
  }
  return {
    ...headers,
    'content-type': contentType,
    'content-length': String(body.length),
    'user-agent': 'sluice-webhooks/1',
    accept: '*/*',
    'accept-encoding': 'identity',
    connection: 'close',
  };
}

/** Lower case only: two spellings of one name would be two headers. */
function mayBeSet(name: string): boolean {
  if (deliveryHeaders.has(name)) return true;
  return name === name.toLowerCase() && headerNameMistake(name) === undefined;
}
