import { limits } from '../limits.ts';
import type { Endpoint } from './endpoint.ts';
import type { OutboundResult } from './outbound.ts';

const disableAfterMs = limits.webhookDisableAfterDays * 24 * 3_600_000;

/**
 * The endpoint after this answer: 410 disables it at once, and so does a failure when there was
 * nothing but failures for `limits.webhookDisableAfterDays`. The very same value when nothing changes.
 */
export function healthAfter(endpoint: Endpoint, answer: OutboundResult, at: Date): Endpoint {
  if (endpoint.disabledAt !== undefined) return endpoint;
  if (answer.ok) return endpoint.failingSince === undefined ? endpoint : healthy(endpoint);
  if (answer.status === 410) return { ...endpoint, disabledAt: at, disabledReason: 'gone' };
  if (endpoint.failingSince === undefined) return { ...endpoint, failingSince: at };
  const failingMs = at.getTime() - endpoint.failingSince.getTime();
  if (failingMs < disableAfterMs) return endpoint;
  return { ...endpoint, disabledAt: at, disabledReason: 'failing' };
}

function healthy({ failingSince, ...endpoint }: Endpoint): Endpoint {
  return endpoint;
}
