import type { Clock } from '../clock.ts';
import { limits } from '../limits.ts';
import type { Log } from '../log.ts';
import type { Stored } from '../stored.ts';
import { changeStored } from './change-stored.ts';
import type { Delivery, DeliveryStore } from './delivery.ts';
import { deliveryHeaders } from './delivery-headers.ts';
import { type AttemptOutcome, closed, dueInMs, progressAfter } from './delivery-progress.ts';
import type { Endpoint, EndpointStore } from './endpoint.ts';
import { healthAfter } from './endpoint-health.ts';
import { openSecrets, type SecretOpener } from './endpoint-secrets.ts';
import type { Outbound, OutboundResult } from './outbound.ts';

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
  attempt(tenantId: string, deliveryId: string, signal?: AbortSignal): Promise<AttemptResult>;
}

export interface DelivererDeps {
  readonly endpoints: Pick<EndpointStore, 'find' | 'update'>;
  readonly deliveries: Pick<DeliveryStore, 'find' | 'update'>;
  readonly outbound: Outbound;
  readonly sealer: SecretOpener;
  readonly clock: Clock;
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
  readonly log: Log;
}

/** Delivers over these stores and this way out. */
export function createDeliverer(deps: DelivererDeps): Deliverer {
  return { attempt: (tenantId, id, signal) => attempt(deps, tenantId, id, signal) };
}

async function attempt(
  deps: DelivererDeps,
  tenantId: string,
  deliveryId: string,
  signal?: AbortSignal,
): Promise<AttemptResult> {
  const stored = await deps.deliveries.find(tenantId, deliveryId);
  if (stored?.value.status !== 'pending') return { done: true };
  const waitMs = dueInMs(stored.value, deps.clock());
  if (waitMs > 0) return { done: false, waitMs };
  if (stored.value.attempts.length >= limits.webhookAttempts) return close(deps, stored, 'failed');
  const endpoint = await deps.endpoints.find(tenantId, stored.value.endpointId);
  if (endpoint === undefined || endpoint.value.disabledAt !== undefined) {
    return close(deps, stored, 'dropped');
  }
  return attemptNow(deps, stored, endpoint.value, signal);
}

/**
 * The endpoint's row goes first: if we die between the two writes, the attempt is made once more,
 * while the other order would lose a 410 or the end of a row of failures for good.
 */
async function attemptNow(
  deps: DelivererDeps,
  delivery: Stored<Delivery>,
  endpoint: Endpoint,
  signal?: AbortSignal,
): Promise<AttemptResult> {
  const startedAt = deps.clock();
  const answer = await send(deps, delivery.value, endpoint, startedAt, signal);
  const endedAt = deps.clock();
  const endpointClosed = await recordHealth(deps, endpoint, answer, endedAt);
  const attemptsBefore = delivery.value.attempts.length;
  const random = deps.random();
  const outcome = { startedAt, endedAt, answer, attemptsBefore, endpointClosed, random };
  return recordAttempt(deps, delivery, outcome);
}

async function send(
  { sealer, outbound }: DelivererDeps,
  delivery: Delivery,
  endpoint: Endpoint,
  at: Date,
  signal?: AbortSignal,
): Promise<OutboundResult> {
  const secrets = await openSecrets(sealer, endpoint);
  const headers = deliveryHeaders(delivery, endpoint, secrets, at);
  return outbound.post({ url: endpoint.url, headers, body: delivery.body }, signal);
}

/** True when the endpoint takes nothing more. Reads it again: the call may have taken a while. */
async function recordHealth(
  { endpoints, log }: DelivererDeps,
  { tenantId, id }: Endpoint,
  answer: OutboundResult,
  at: Date,
): Promise<boolean> {
  const stored = await endpoints.find(tenantId, id);
  if (stored === undefined) return true;
  const row = {
    find: () => endpoints.find(tenantId, id),
    update: (value: Endpoint, etag: string) => endpoints.update(value, etag),
  };
  const now = await changeStored(row, stored, (value) => healthAfter(value, answer, at));
  if (now?.disabledAt === at) {
    log.warn('Webhook endpoint disabled', { tenantId, endpointId: id, reason: now.disabledReason });
  }
  return now === undefined || now.disabledAt !== undefined;
}

async function recordAttempt(
  deps: DelivererDeps,
  stored: Stored<Delivery>,
  outcome: AttemptOutcome,
): Promise<AttemptResult> {
  const { answer } = outcome;
  const now = await change(deps, stored, (value) => progressAfter(value, outcome));
  deps.log.info('Webhook attempted', {
    tenantId: stored.value.tenantId,
    deliveryId: stored.value.id,
    endpointId: stored.value.endpointId,
    attempt: outcome.attemptsBefore + 1,
    status: answer.status,
    error: answer.ok ? undefined : answer.error,
    deliveryStatus: now?.status,
  });
  if (now?.status !== 'pending') return { done: true };
  return { done: false, waitMs: dueInMs(now, deps.clock()) };
}

async function close(
  deps: DelivererDeps,
  stored: Stored<Delivery>,
  status: 'failed' | 'dropped',
): Promise<AttemptResult> {
  await change(deps, stored, (value) => closed(value, status));
  return { done: true };
}

async function change(
  { deliveries }: DelivererDeps,
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
