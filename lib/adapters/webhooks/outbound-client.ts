import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';
import { SluiceError } from '../../core/errors.ts';
import { limits } from '../../core/limits.ts';
import type { Log } from '../../core/log.ts';
import { isPublicAddress } from '../../core/webhooks/address-class.ts';
import type {
  DestinationCheck,
  Outbound,
  OutboundRequest,
  OutboundResult,
} from '../../core/webhooks/outbound.ts';
import type { UrlRules } from '../../core/webhooks/url-rules.ts';
import { type DestinationRules, findDestination } from './find-destination.ts';
import { type PostAnswer, type PostLimits, postPinned } from './post-pinned.ts';
import { requestHeaders } from './request-headers.ts';
import { createHostResolver, type HostResolver } from './resolve-host.ts';
import { retryAfterSeconds } from './retry-after.ts';

export interface OutboundOptions {
  readonly urlRules: UrlRules;
  readonly log: Log;
  /** PEM: root certificates of this deployment, beside those that Node trusts. */
  readonly ca?: string | undefined;
  readonly resolver?: HostResolver;
  /** For tests, which have no public address to call. */
  readonly isAllowedAddress?: (address: string) => boolean;
  readonly times?: Partial<OutboundTimes>;
}

export interface OutboundTimes {
  readonly resolveMs: number;
  /** For TCP and TLS together. */
  readonly connectMs: number;
  /** For the whole call, look-up included. */
  readonly totalMs: number;
}

const timesDefault: OutboundTimes = {
  resolveMs: 3000,
  connectMs: 5000,
  totalMs: limits.webhookTimeoutSeconds * 1000,
};

const answerLimits = { answerBytesMax: 16 * 1024, headerBytesMax: 8 * 1024 };

interface Client extends DestinationRules {
  readonly postLimits: PostLimits;
  readonly totalMs: number;
  readonly secureContext: SecureContext;
  readonly log: Log;
}

/**
 * The one client for everything that a customer can point at: https to public IPv4 addresses only,
 * checked, pinned and verified on each call. See `Outbound` for what it promises.
 */
export function createOutbound(options: OutboundOptions): Outbound & DestinationCheck {
  const times = { ...timesDefault, ...options.times };
  const client: Client = {
    urlRules: options.urlRules,
    resolver: options.resolver ?? createHostResolver(),
    isAllowedAddress: options.isAllowedAddress ?? isPublicAddress,
    resolveTimeoutMs: times.resolveMs,
    postLimits: { ...answerLimits, connectTimeoutMs: times.connectMs },
    totalMs: times.totalMs,
    secureContext: trusting(options.ca),
    log: options.log,
  };
  return {
    post: (request, signal) => post(client, request, signal),
    check: async (url, signal = new AbortController().signal) => {
      const found = await findDestination(url, client, signal);
      return found.ok ? undefined : found.error;
    },
  };
}

function trusting(ca: string | undefined): SecureContext {
  const minVersion = 'TLSv1.2';
  if (ca === undefined) return createSecureContext({ minVersion });
  return createSecureContext({ minVersion, ca: [...getCACertificates('default'), ca] });
}

async function post(
  client: Client,
  request: OutboundRequest,
  callerSignal?: AbortSignal,
): Promise<OutboundResult> {
  const body = Buffer.from(request.body, 'utf8');
  const headers = requestHeaders(request, body);
  const total = AbortSignal.timeout(client.totalMs);
  const signal = callerSignal === undefined ? total : AbortSignal.any([total, callerSignal]);
  const answer = await answerTo(client, request.url, { headers, body }, signal);
  if (!('error' in answer)) return resultOf(answer, request);
  if (callerSignal?.aborted === true) {
    throw new SluiceError('internal_error', {
      internal: 'a webhook call was ended from our side',
      cause: callerSignal.reason,
    });
  }
  logFailure(client, request.url, answer);
  return { ok: false, error: answer.error };
}

async function answerTo(
  client: Client,
  url: string,
  message: { readonly headers: Readonly<Record<string, string>>; readonly body: Buffer },
  signal: AbortSignal,
): Promise<PostAnswer> {
  const found = await findDestination(url, client, signal);
  if (!found.ok) return { error: found.error, cause: 'refused before connecting' };
  const { secureContext, postLimits } = client;
  const { destination } = found;
  return postPinned({ ...message, destination, secureContext, limits: postLimits }, signal);
}

function resultOf(
  answer: Extract<PostAnswer, { readonly status: number }>,
  { readAnswer = false }: OutboundRequest,
): OutboundResult {
  const { status } = answer;
  if (status >= 200 && status <= 299) {
    const { body } = answer;
    return { ok: true, status, ...(readAnswer && body ? { answer: body.toString('utf8') } : {}) };
  }
  const seconds = retryAfterSeconds(answer.retryAfter, new Date());
  return {
    ok: false,
    error: 'http_status',
    status,
    ...(seconds === undefined ? {} : { retryAfterSeconds: seconds }),
  };
}

/** Path and query may hold a customer's token, so only the host is written. */
function logFailure(
  { log }: Client,
  url: string,
  { error, cause }: Extract<PostAnswer, { readonly cause: string }>,
): void {
  log.warn('webhook call failed', { host: URL.parse(url)?.hostname, error, cause });
}
