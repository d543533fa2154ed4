import type { Clock } from '../clock.ts';
import { newestFirstId, randomId } from '../ids.ts';
import { openConsentCode } from './consent-code.ts';
import type { Delivery, DeliveryAttempt, DeliveryStore } from './delivery.ts';
import type { Endpoint } from './endpoint.ts';
import type { SecretOpener } from './endpoint-secrets.ts';
import type { OutboundResult } from './outbound.ts';
import type { WebhookSender } from './send-webhook.ts';

export interface ConsentDeps {
  readonly sender: WebhookSender;
  readonly sealer: SecretOpener;
  readonly deliveries: Pick<DeliveryStore, 'insert'>;
  readonly clock: Clock;
}

/** A person waits for the answer to the call that asks. */
const waitMs = 5_000;

/**
 * Asks the receiver whether it wants webhooks: posts a signed `webhook.validation` with the address's
 * code as its challenge, and notes the call among the deliveries. The receiver has consented when the
 * attempt has no error: a 2xx answer within five seconds gave the code back, as `{"challenge": …}` with
 * nothing beside it or as plain text. A server that only mirrors the request has not.
 */
export async function askConsent(deps: ConsentDeps, endpoint: Endpoint): Promise<DeliveryAttempt> {
  const challenge = await openConsentCode(deps.sealer, endpoint);
  const at = deps.clock();
  const call = validation(endpoint, at);
  const body = JSON.stringify({ ...JSON.parse(call.body), challenge });
  const result = await answerInTime(deps.sender, endpoint, { webhookId: call.webhookId, body });
  const attempt = attemptOf(result, challenge, at, deps.clock());
  const status = attempt.error === undefined ? 'delivered' : 'failed';
  await deps.deliveries.insert({ ...call, status, attempts: [attempt] });
  return attempt;
}

/** As it stands in the log: without the challenge, which only the receiver is to know. */
function validation({ tenantId, id: endpointId }: Endpoint, at: Date): Delivery {
  const type = 'webhook.validation';
  return {
    tenantId,
    id: newestFirstId(at),
    endpointId,
    type,
    webhookId: `msg_${randomId(32)}`,
    body: JSON.stringify({ type, timestamp: at.toISOString(), tenantId, endpointId }),
    status: 'pending',
    createdAt: at,
    attempts: [],
  };
}

async function answerInTime(
  sender: WebhookSender,
  endpoint: Endpoint,
  message: { readonly webhookId: string; readonly body: string },
): Promise<OutboundResult> {
  const signal = AbortSignal.timeout(waitMs);
  try {
    return await sender.send(endpoint, message, { readAnswer: true, signal });
  } catch (error) {
    if (signal.aborted) return { ok: false, error: 'timeout' };
    throw error;
  }
}

function attemptOf(
  result: OutboundResult,
  challenge: string,
  at: Date,
  endedAt: Date,
): DeliveryAttempt {
  const error = errorOf(result, challenge);
  return {
    at,
    durationMs: Math.max(0, endedAt.getTime() - at.getTime()),
    ...(result.status === undefined ? {} : { status: result.status }),
    ...(error === undefined ? {} : { error }),
  };
}

function errorOf(result: OutboundResult, challenge: string): DeliveryAttempt['error'] {
  if (!result.ok) return result.error;
  if (result.answer === undefined) return 'unreadable_answer';
  return echoes(result.answer, challenge) ? undefined : 'challenge_not_echoed';
}

function echoes(answer: string, challenge: string): boolean {
  if (answer.trim() === challenge) return true;
  try {
    return isExactly(JSON.parse(answer), challenge);
  } catch {
    return false;
  }
}

function isExactly(value: unknown, challenge: string): boolean {
  if (value === challenge) return true;
  if (typeof value !== 'object' || value === null) return false;
  const entries = Object.entries(value);
  return entries.length === 1 && entries[0]?.[0] === 'challenge' && entries[0][1] === challenge;
}
