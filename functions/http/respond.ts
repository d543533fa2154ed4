import type { HttpResponseInit } from '@azure/functions';
import { asSluiceError, errorTable, type SluiceError } from '../../lib/core/errors.ts';
import type { Log } from '../../lib/core/log.ts';
import type { Answer, Content } from './answer.ts';
import { problemOf } from './problem.ts';

/** For whoever opens an answer in a browser: it runs nothing, loads nothing, tells nobody where from. */
const securityHeaders = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
} as const;

/** The request that is answered. */
export interface Asked {
  readonly requestId: string;
  readonly method: string;
}

/**
 * The answer as Azure Functions takes it, with the headers that every answer has. The length is named
 * because HEAD has the headers of GET and no body to measure (RFC 9110, 9.3.2).
 */
export function respond(
  { status, headers, content }: Answer,
  { requestId, method }: Asked,
): HttpResponseInit {
  return {
    status,
    headers: {
      ...securityHeaders,
      ...headers,
      ...(content === undefined ? {} : describe(content)),
      'x-request-id': requestId,
      'cache-control': 'no-store',
    },
    ...(content === undefined || method === 'HEAD' ? {} : { body: content.bytes }),
  };
}

function describe({ type, bytes }: Content): Readonly<Record<string, string>> {
  return { 'content-type': type, 'content-length': String(bytes.byteLength) };
}

/**
 * The answer to anything thrown. This is the one place where errors of HTTP calls are logged:
 * ours with their insides, the caller's with their code only.
 */
export function respondToError(
  thrown: unknown,
  { requestId, method, route, log }: Asked & { readonly route: string; readonly log: Log },
): HttpResponseInit {
  const error = asSluiceError(thrown);
  logError(log, error, { requestId, route });
  return respond(problemOf(error, requestId), { requestId, method });
}

function logError(
  log: Log,
  error: SluiceError,
  facts: { readonly requestId: string; readonly route: string },
): void {
  const { status } = errorTable[error.code];
  if (status >= 500) log.error('request failed', error, facts);
  else log.info('request refused', { ...facts, code: error.code });
}
