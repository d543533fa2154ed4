import type { Delivery, DeliveryAttempt, DeliveryStatus } from './delivery.ts';
import type { OutboundResult } from './outbound.ts';
import { nextWaitMs } from './schedule.ts';

/** What came of one attempt. */
export interface AttemptOutcome {
  readonly startedAt: Date;
  readonly endedAt: Date;
  readonly answer: OutboundResult;
  /** Attempts that the row had when this one began. */
  readonly attemptsBefore: number;
  /** True when the endpoint takes nothing more. */
  readonly endpointClosed: boolean;
  /** False: the receiver has not consented, so there is this one attempt. */
  readonly verified: boolean;
  /** From 0 up to, not including, 1. */
  readonly random: number;
}

/** Milliseconds until the delivery's next attempt may be made; 0 when it is due. */
export function dueInMs({ nextAttemptAt }: Delivery, now: Date): number {
  return nextAttemptAt === undefined ? 0 : Math.max(0, nextAttemptAt.getTime() - now.getTime());
}

/** True while an address that nobody has consented for keeps the delivery waiting for its first attempt. */
export function isPutOff(delivery: Delivery, now: Date): boolean {
  const { status, attempts } = delivery;
  return status === 'pending' && attempts.length === 0 && dueInMs(delivery, now) > 0;
}

/** The delivery after this attempt; the very same value when another run has recorded it already. */
export function progressAfter(delivery: Delivery, outcome: AttemptOutcome): Delivery {
  if (delivery.status !== 'pending') return delivery;
  const recordedElsewhere = delivery.attempts.length > outcome.attemptsBefore;
  // A success is worth more than a twin's failure: it ends the sending.
  if (recordedElsewhere && !outcome.answer.ok) return delivery;
  const attempts = [...delivery.attempts, attemptOf(outcome)];
  if (outcome.answer.ok) return closed({ ...delivery, attempts }, 'delivered');
  const waitMs = outcome.verified ? waitAfter(outcome, attempts.length) : undefined;
  if (waitMs === undefined) return closed({ ...delivery, attempts }, 'failed');
  if (outcome.endpointClosed) return closed({ ...delivery, attempts }, 'dropped');
  const nextAttemptAt = new Date(outcome.endedAt.getTime() + waitMs);
  return { ...delivery, attempts, nextAttemptAt };
}

/** The delivery in a final state; the very same value when it has one already. */
export function closed(delivery: Delivery, status: Exclude<DeliveryStatus, 'pending'>): Delivery {
  if (delivery.status !== 'pending') return delivery;
  const { nextAttemptAt, ...rest } = delivery;
  return { ...rest, status };
}

function attemptOf({ startedAt, endedAt, answer }: AttemptOutcome): DeliveryAttempt {
  return {
    at: startedAt,
    durationMs: Math.max(0, endedAt.getTime() - startedAt.getTime()),
    ...(answer.status === undefined ? {} : { status: answer.status }),
    ...(answer.ok ? {} : { error: answer.error }),
  };
}

function waitAfter({ answer, random }: AttemptOutcome, attemptsMade: number): number | undefined {
  const retryAfterSeconds = answer.ok ? undefined : answer.retryAfterSeconds;
  return nextWaitMs({ attemptsMade, random, retryAfterSeconds });
}
