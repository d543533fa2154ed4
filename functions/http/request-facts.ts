import { randomUUID } from 'node:crypto';
import { isIP } from 'node:net';
import type { HttpRequest } from '@azure/functions';
import { SluiceError } from '../../lib/core/errors.ts';
import { limits } from '../../lib/core/limits.ts';

/** What a handler may know of the request beside its input. */
export interface RequestFacts {
  readonly requestId: string;
  readonly idempotencyKey?: string;
  readonly callerAddress?: string;
  /** The kinds of answers that the caller takes, as it was sent. */
  readonly accept?: string;
}

/** Throws `invalid_header` for an Idempotency-Key that is not 1 to 255 visible ASCII characters. */
export function readFacts(request: HttpRequest, requestId: string): RequestFacts {
  const idempotencyKey = request.headers.get('idempotency-key');
  const callerAddress = readCallerAddress(request.headers);
  const accept = request.headers.get('accept');
  return {
    requestId,
    ...(idempotencyKey === null ? {} : { idempotencyKey: checkedKey(idempotencyKey) }),
    ...(callerAddress === undefined ? {} : { callerAddress }),
    ...(accept === null ? {} : { accept }),
  };
}

/** The caller's own id when it is a sane one, else a new one; it goes into logs and answers. */
export function readRequestId({ headers }: HttpRequest): string {
  const own = headers.get('x-request-id') ?? '';
  return /^[A-Za-z0-9._-]{1,128}$/.test(own) ? own : randomUUID();
}

function checkedKey(key: string): string {
  if (/^[\x21-\x7e]+$/.test(key) && key.length <= limits.idempotencyKeyLengthMax) return key;
  throw new SluiceError('invalid_header', {
    message: `Send an Idempotency-Key of 1 to ${limits.idempotencyKeyLengthMax} visible ASCII characters without spaces.`,
  });
}

/**
 * The caller's address for the ledger, the throttle and keys that are bound to addresses. Azure's
 * front end appends the address that it saw to whatever the caller sent, so only the last entry can
 * be trusted: the ones before it are the caller's own words.
 */
export function readCallerAddress(headers: HttpRequest['headers']): string | undefined {
  const last = headers.get('x-forwarded-for')?.split(',').at(-1)?.trim() ?? '';
  const address = withoutPort(last);
  return isIP(address) === 0 ? undefined : address;
}

function withoutPort(text: string): string {
  const bracketed = /^\[([^\]]*)\](:\d+)?$/.exec(text)?.[1];
  if (bracketed !== undefined) return bracketed;
  return /^([^:]*):\d+$/.exec(text)?.[1] ?? text;
}
