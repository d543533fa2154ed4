import type { Clock } from '../clock.ts';
import { randomId } from '../ids.ts';
import type { Endpoint } from './endpoint.ts';
import type { OutboundResult } from './outbound.ts';
import type { WebhookSender } from './send-webhook.ts';

export interface ConsentDeps {
  readonly sender: WebhookSender;
  readonly clock: Clock;
}

/** A person waits for the answer to the call that asks. */
const waitMs = 5_000;

/**
 * Asks the receiver whether it wants webhooks: posts a signed `webhook.validation` with a random
 * challenge and is true when a 2xx answer within five seconds gives it back, as `{"challenge": …}`
 * with nothing beside it or as plain text. A server that only mirrors the request has not consented.
 */
export async function askConsent(deps: ConsentDeps, endpoint: Endpoint): Promise<boolean> {
  const challenge = randomId(32);
  const body = JSON.stringify({
    type: 'webhook.validation',
    timestamp: deps.clock().toISOString(),
    tenantId: endpoint.tenantId,
    endpointId: endpoint.id,
    challenge,
  });
  const message = { webhookId: `msg_${randomId(32)}`, body };
  const result = await answerInTime(deps.sender, endpoint, message);
  return result?.ok === true && echoes(result.answer ?? '', challenge);
}

async function answerInTime(
  sender: WebhookSender,
  endpoint: Endpoint,
  message: { readonly webhookId: string; readonly body: string },
): Promise<OutboundResult | undefined> {
  const signal = AbortSignal.timeout(waitMs);
  try {
    return await sender.send(endpoint, message, { readAnswer: true, signal });
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
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
