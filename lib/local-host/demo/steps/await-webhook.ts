import { pick, tryParseJson } from '../../json.ts';
import type { Demo } from '../demo.ts';
import { mustHold } from '../demo-error.ts';
import { listAt, numberAt, textAt } from '../fields.ts';
import { formatCount } from '../format.ts';
import type { Receiver } from '../receiver.ts';
import type { NewWebhook } from '../sluice-api.ts';
import { verifyWebhook } from '../verify-webhook.ts';

const timeoutMs = 60_000;

export interface Announced {
  readonly rows: number;
  readonly manifestSha256: string;
}

/** As the customer's program: the webhook that says the export is there, with its signature checked. */
export async function awaitWebhook(
  { narrator, signal }: Demo,
  receiver: Receiver,
  { secret }: NewWebhook,
  exportId: string,
): Promise<Announced> {
  narrator.step('The webhook arrives');
  const webhook = await receiver.find(
    ({ body }) => pick(tryParseJson(body), 'invocationId') === exportId,
    timeoutMs,
    signal,
  );
  const event = verifyWebhook(webhook, secret);
  const type = textAt(event, 'type');
  mustHold(type === 'export.completed', `The webhook says ${type} instead of export.completed.`);
  narrator.done(`Signature checked with the standardwebhooks library; a changed body is refused`);
  const rows = numberAt(event, 'rows');
  const tables = listAt(event, 'tables').length;
  narrator.note(
    `${type}: ${tables} tables, ${formatCount(rows)} rows; it holds no data and no link`,
  );
  return { rows, manifestSha256: textAt(event, 'manifestSha256') };
}
