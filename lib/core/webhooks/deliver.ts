import type { Clock } from '../clock.ts';
import type { DeliveryStarter } from '../exports/starter.ts';
import { limits } from '../limits.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { Stored } from '../stored.ts';
import type { Notifier } from './announce.ts';
import { changeStored } from './change-stored.ts';
import { bodyFor } from './consent-code.ts';
import type { Delivery, DeliveryStore } from './delivery.ts';
import {
  type AttemptOutcome,
  closed,
  dueInMs,
  isPutOff,
  progressAfter,
} from './delivery-progress.ts';
import type { Endpoint, EndpointStore } from './endpoint.ts';
import { healthAfter } from './endpoint-health.ts';
import type { SecretOpener } from './endpoint-secrets.ts';
import { noteAttempt } from './note-attempt.ts';
import type { OutboundResult } from './outbound.ts';
import type { WebhookSender } from './send-webhook.ts';
import { tellDisabled } from './tell-disabled.ts';
import { putOff, takeHour } from './unverified-turn.ts';

export type AttemptResult =
  | { readonly done: true }
  | { readonly done: false; readonly waitMs: number };

export interface Deliverer {
  /**
   * Makes the delivery's next attempt if it is due, and says what to do then: nothing more, or to
   * call again in `waitMs`. It may run twice at once or again after a crash: the receiver then gets
   * the same `webhook-id` again, and no attempt is counted twice. Trouble of ours (storage, secrets)
   * is thrown; trouble of the customer's side is recorded.
   */
  attempt(
    tenantId: string,
    deliveryId: string,
    starter: DeliveryStarter,
    signal?: AbortSignal,
  ): Promise<AttemptResult>;
}

export interface DelivererDeps {
  readonly endpoints: Pick<EndpointStore, 'find' | 'update'>;
  readonly deliveries: Pick<DeliveryStore, 'find' | 'update'>;
  readonly sender: WebhookSender;
  readonly sealer: SecretOpener;
  readonly notifier: Notifier;
  readonly clock: Clock;
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** Delivers over these stores and this way out. */
export function createDeliverer(deps: DelivererDeps): Deliverer {
  return {
    attempt: (tenantId, id, starter, signal) => attempt({ ...deps, starter, signal }, tenantId, id),
  };
}

interface Attempting extends DelivererDeps {
  readonly starter: DeliveryStarter;
  readonly signal: AbortSignal | undefined;
}

async function attempt(
  deps: Attempting,
  tenantId: string,
  deliveryId: string,
): Promise<AttemptResult> {
  const stored = await deps.deliveries.find(tenantId, deliveryId);
  if (stored?.value.status !== 'pending') return { done: true };
  const waitMs = dueInMs(stored.value, deps.clock());
  if (waitMs > 0) return { done: false, waitMs };
  if (stored.value.attempts.length >= limits.webhookAttempts) return close(deps, stored, 'failed');
  const endpoint = (await deps.endpoints.find(tenantId, stored.value.endpointId))?.value;
  if (endpoint === undefined) return close(deps, stored, 'dropped');
  if (endpoint.disabledAt !== undefined) {
    // Again, in case whoever disabled it died before telling.
    await tellDisabled(deps, endpoint);
    return close(deps, stored, 'dropped');
  }
  return attemptInTurn(deps, stored, endpoint);
}

async function attemptInTurn(
  deps: Attempting,
  delivery: Stored<Delivery>,
  endpoint: Endpoint,
): Promise<AttemptResult> {
  if (endpoint.verifiedAt !== undefined) return attemptNow(deps, delivery, endpoint);
  const now = deps.clock();
  const waitMs = await takeHour(deps.endpoints, endpoint, now);
  if (waitMs === 0) return attemptNow(deps, delivery, endpoint);
  const later = putOff(delivery.value, waitMs, now);
  if (later === undefined) return close(deps, delivery, 'dropped');
  await change(deps, delivery, (value) =>
    value.status === 'pending' ? (putOff(value, waitMs, now) ?? value) : value,
  );
  return (await isProvenNow(deps, endpoint)) ? goOn(deps, delivery.value) : { done: false, waitMs };
}

/** Whoever proved the address in this very moment may not have seen yet that this one waits. */
async function isProvenNow({ endpoints }: Attempting, { tenantId, id }: Endpoint) {
  return (await endpoints.find(tenantId, id))?.value.verifiedAt !== undefined;
}

async function goOn(deps: Attempting, { tenantId, id }: Delivery): Promise<AttemptResult> {
  const stored = await deps.deliveries.find(tenantId, id);
  if (stored === undefined) return { done: true };
  const now = await change(deps, stored, (value) => {
    if (!isPutOff(value, deps.clock())) return value;
    const { nextAttemptAt, ...rest } = value;
    return rest;
  });
  return now?.status === 'pending' ? { done: false, waitMs: 0 } : { done: true };
}

/**
 * The endpoint's row goes first: if we die between the two writes, the attempt is made once more,
 * while the other order would lose a 410 or the end of a row of failures for good.
 */
async function attemptNow(
  deps: Attempting,
  delivery: Stored<Delivery>,
  endpoint: Endpoint,
): Promise<AttemptResult> {
  const startedAt = deps.clock();
  const { webhookId } = delivery.value;
  const body = await bodyFor(deps.sealer, endpoint, delivery.value.body);
  const answer = await deps.sender.send(endpoint, { webhookId, body }, { signal: deps.signal });
  const endedAt = deps.clock();
  const endpointClosed = await recordHealth(deps, endpoint, answer, endedAt);
  const attemptsBefore = delivery.value.attempts.length;
  const verified = endpoint.verifiedAt !== undefined;
  const random = deps.random();
  const outcome = { startedAt, endedAt, answer, attemptsBefore, endpointClosed, verified, random };
  return recordAttempt(deps, delivery, outcome);
}

/** True when the endpoint takes nothing more. Reads it again: the call may have taken a while. */
async function recordHealth(
  deps: Attempting,
  { tenantId, id, url }: Endpoint,
  answer: OutboundResult,
  at: Date,
): Promise<boolean> {
  const { endpoints, log } = deps;
  const stored = await endpoints.find(tenantId, id);
  if (stored === undefined) return true;
  const row = {
    find: () => endpoints.find(tenantId, id),
    update: (value: Endpoint, etag: string) => endpoints.update(value, etag),
  };
  const now = await changeStored(row, stored, (value) => healthAfter(value, { url, answer, at }));
  if (now?.disabledAt === at) {
    log.warn('webhook endpoint disabled', { tenantId, endpointId: id, reason: now.disabledReason });
    await tellDisabled(deps, now);
  }
  return now === undefined || now.disabledAt !== undefined;
}

async function recordAttempt(
  deps: Attempting,
  stored: Stored<Delivery>,
  outcome: AttemptOutcome,
): Promise<AttemptResult> {
  const now = await change(deps, stored, (value) => progressAfter(value, outcome));
  noteAttempt(deps, stored.value, outcome, now?.status);
  if (now?.status !== 'pending') return { done: true };
  return { done: false, waitMs: dueInMs(now, deps.clock()) };
}

async function close(
  deps: Attempting,
  stored: Stored<Delivery>,
  status: 'failed' | 'dropped',
): Promise<AttemptResult> {
  await change(deps, stored, (value) => closed(value, status));
  return { done: true };
}

async function change(
  { deliveries }: Attempting,
  stored: Stored<Delivery>,
  how: (value: Delivery) => Delivery,
): Promise<Delivery | undefined> {
  const { tenantId, id } = stored.value;
  const row = {
    find: () => deliveries.find(tenantId, id),
    update: (value: Delivery, etag: string) => deliveries.update(value, etag),
  };
  return changeStored(row, stored, how);
}
