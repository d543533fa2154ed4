import { limits } from '../limits.ts';
import type { Endpoint } from './endpoint.ts';
import type { OutboundResult } from './outbound.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
/** A day, and two hours because nothing that happens daily happens to the minute. */
const quietMsMax = 26 * hourMs;
const disableAfterMs = limits.webhookDisableAfterDays * dayMs;

/** An answer together with the address that gave it. */
export interface HealthSign {
  readonly url: string;
  readonly answer: OutboundResult;
  readonly at: Date;
}

/**
 * The endpoint after this answer; the very same value when nothing changes. 410 disables it at once.
 * The clock of failures starts with the second failure within a day and disables the endpoint at
 * `limits.webhookDisableAfterDays`; a time without any try counts for 26 hours at most, because
 * it says nothing, and failures within a minute count as one. What an address says that the endpoint has left does not count.
 */
export function healthAfter(endpoint: Endpoint, { url, answer, at }: HealthSign): Endpoint {
  if (endpoint.disabledAt !== undefined || endpoint.url !== url) return endpoint;
  if (answer.ok) return endpoint.lastFailureAt === undefined ? endpoint : healthy(endpoint);
  if (answer.status === 410) return { ...endpoint, disabledAt: at, disabledReason: 'gone' };
  const failing = afterFailure(endpoint, at);
  if (failing === endpoint) return endpoint;
  if ((failing.failingMs ?? 0) < disableAfterMs) return failing;
  return { ...failing, disabledAt: at, disabledReason: 'failing' };
}

/** The endpoint without its row of failures. */
export function healthy(endpoint: Endpoint): Endpoint {
  const { failingSince, lastFailureAt, failingMs, ...rest } = endpoint;
  return rest;
}

function afterFailure(endpoint: Endpoint, at: Date): Endpoint {
  const { failingSince, lastFailureAt, failingMs = 0 } = endpoint;
  if (lastFailureAt === undefined) return { ...endpoint, lastFailureAt: at };
  const gapMs = at.getTime() - lastFailureAt.getTime();
  // Many deliveries that fail at the same moment must not fight over the endpoint's row.
  if (gapMs < minuteMs) return endpoint;
  if (failingSince !== undefined) {
    return { ...endpoint, lastFailureAt: at, failingMs: failingMs + Math.min(gapMs, quietMsMax) };
  }
  if (gapMs > dayMs) return { ...endpoint, lastFailureAt: at };
  return { ...endpoint, failingSince: at, lastFailureAt: at, failingMs: 0 };
}
