import type { Mistake } from '../errors.ts';

/** A header that a customer wants with each delivery; without a value the kept one stays. */
export interface HeaderInput {
  readonly name: string;
  readonly value?: string | undefined;
}

export const customHeadersMax = 10;

const nameForm = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
const valueForm = /^[\x21-\x7e]([\x20-\x7e]{0,1022}[\x21-\x7e])?$/;

/** Names that mean something to the connection, to proxies, to us, or to the platform's own services. */
const refusedNames: ReadonlySet<string> = new Set([
  // Of the connection (RFC 9110 §7.6.1) and of the message.
  'connection',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
  'host',
  'expect',
  'date',
  'range',
  'accept',
  'accept-encoding',
  'user-agent',
  // Proofs that have a kind of their own, or belong to a browser.
  'authorization',
  'cookie',
  'x-lakeside-hmac-sha256',
  // What opens identity and metadata services.
  'x-identity-header',
  'identity-header',
  'metadata',
  'metadata-flavor',
  'secret',
  // What proxies believe.
  'forwarded',
  'via',
  'x-real-ip',
]);

const refusedBeginnings: readonly string[] = [
  'content-',
  'webhook-',
  'proxy-',
  'x-forwarded-',
  'x-original-',
  'x-aws-ec2-metadata-',
  'x-ms-',
  'sec-',
];

/** Why a header cannot be sent with deliveries, as a sentence for the caller; undefined when it can. */
export function headerNameMistake(name: string): string | undefined {
  if (!nameForm.test(name)) return 'Send 1 to 64 letters, digits, - and _.';
  const lower = name.toLowerCase();
  const refused =
    refusedNames.has(lower) || refusedBeginnings.some((start) => lower.startsWith(start));
  return refused ? 'This header is not for customers to set; choose another name.' : undefined;
}

/** The same for its value. */
export function headerValueMistake(value: string): string | undefined {
  if (valueForm.test(value)) return undefined;
  return 'Send 1 to 1024 visible ASCII characters, with spaces only inside.';
}

/** Every mistake of a list of headers, with its place below `/auth/headers`. */
export function customHeaderMistakes(headers: readonly HeaderInput[]): readonly Mistake[] {
  const pointer = '/auth/headers';
  if (headers.length === 0 || headers.length > customHeadersMax) {
    return [{ pointer, message: `Send 1 to ${customHeadersMax} headers.` }];
  }
  const names = headers.map(({ name }) => name.toLowerCase());
  return headers.flatMap(({ name, value }, index) => {
    const twice = names.indexOf(name.toLowerCase()) < index;
    const ofName = twice
      ? 'This name is there twice; send each header once.'
      : headerNameMistake(name);
    const ofValue = value === undefined ? undefined : headerValueMistake(value);
    return [
      ...(ofName === undefined ? [] : [{ pointer: `${pointer}/${index}/name`, message: ofName }]),
      ...(ofValue === undefined
        ? []
        : [{ pointer: `${pointer}/${index}/value`, message: ofValue }]),
    ];
  });
}
