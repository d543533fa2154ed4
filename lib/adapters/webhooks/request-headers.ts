const callerHeaders: ReadonlySet<string> = new Set([
  'webhook-id',
  'webhook-timestamp',
  'webhook-signature',
  'authorization',
  'x-lakeside-hmac-sha256',
]);

/**
 * The headers of one call. Callers may set those of a delivery and nothing else, so that no header
 * of the platform (`metadata`, `x-identity-header`), of the connection or of the host can be sent.
 * Throws TypeError.
 */
export function requestHeaders(
  headers: Readonly<Record<string, string>>,
  body: Buffer,
): Readonly<Record<string, string>> {
  for (const [name, value] of Object.entries(headers)) {
    if (!callerHeaders.has(name)) throw new TypeError(`"${name}" is not a header of a delivery`);
    if (!/^[\x20-\x7e]*$/.test(value)) throw new TypeError(`"${name}" has a bad character`);
  }
  return {
    ...headers,
    'content-type': 'application/json',
    'content-length': String(body.length),
    'user-agent': 'sluice-webhooks/1',
    accept: '*/*',
    'accept-encoding': 'identity',
    connection: 'close',
  };
}
