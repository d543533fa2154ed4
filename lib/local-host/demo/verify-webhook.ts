import { Webhook } from 'standardwebhooks';
import { tryParseJson } from '../json.ts';
import { mustHold } from './demo-error.ts';
import type { ReceivedWebhook } from './receiver.ts';

/**
 * Checks the signature with the library of Standard Webhooks, and that the same library refuses the
 * body when one character of it is changed. Answers with what the webhook says.
 */
export function verifyWebhook(webhook: ReceivedWebhook, secret: string): unknown {
  const verifier = new Webhook(secret);
  mustHold(verifies(verifier, webhook), 'The signature of the webhook is wrong.');
  const changed = { ...webhook, body: webhook.body.replace('"rows":', '"rows":1') };
  mustHold(changed.body !== webhook.body, 'The webhook does not say how many rows there are.');
  mustHold(!verifies(verifier, changed), 'The signature of the webhook fits another body too.');
  return tryParseJson(webhook.body);
}

function verifies(verifier: Webhook, { body, headers }: ReceivedWebhook): boolean {
  try {
    verifier.verify(body, headers);
    return true;
  } catch {
    // The library throws for every mismatch.
    return false;
  }
}
