import type { Log } from '../log.ts';
import type { AttemptedDelivery, Metrics } from '../metrics.ts';
import type { Delivery, DeliveryStatus } from './delivery.ts';
import type { AttemptOutcome } from './delivery-progress.ts';

export interface NoteAttemptDeps {
  readonly log: Log;
  readonly metrics: Metrics;
}

/** Writes one line about a post that was made, and counts it; `after` is the delivery's state then. */
export function noteAttempt(
  { log, metrics }: NoteAttemptDeps,
  { tenantId, id, endpointId, exportId, type }: Delivery,
  { answer, attemptsBefore, startedAt, endedAt }: AttemptOutcome,
  after: DeliveryStatus | undefined,
): void {
  log.info('webhook attempted', {
    tenantId,
    exportId,
    deliveryId: id,
    endpointId,
    type,
    attempt: attemptsBefore + 1,
    status: answer.status,
    error: answer.ok ? undefined : answer.error,
    deliveryStatus: after,
    durationMs: Math.max(0, endedAt.getTime() - startedAt.getTime()),
  });
  metrics.deliveryAttempted({ outcome: outcomeOf(after), type });
}

/** A delivery whose row was removed meanwhile is not sent again. */
function outcomeOf(status: DeliveryStatus | undefined): AttemptedDelivery['outcome'] {
  if (status === undefined) return 'dropped';
  return status === 'pending' ? 'retrying' : status;
}
