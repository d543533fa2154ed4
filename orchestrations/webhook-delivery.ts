import type { OrchestrationContext, Task } from 'durable-functions';
import type { DeliveryWork } from '../lib/core/exports/starter.ts';
import { limits } from '../lib/core/limits.ts';
import { type AttemptResult, activityNames } from './contract.ts';
import { deliveryRetry } from './policies.ts';

/** More turns than attempts: an attempt that finds itself too early only asks to be called again. */
const turnsMax = limits.webhookAttempts * 3;

/** Attempts one delivery until the row says it is over, with durable waits between. */
export function* webhookDelivery(context: OrchestrationContext): Generator<Task, void, unknown> {
  const work = context.df.getInput<DeliveryWork>();
  if (work === undefined) throw new TypeError('webhookDelivery needs its delivery as input.');
  for (let turn = 0; turn < turnsMax; turn++) {
    const result = (yield context.df.callActivityWithRetry(
      activityNames.attemptDelivery,
      deliveryRetry(),
      work,
    )) as AttemptResult;
    if (result.done) return;
    const wakeAt = context.df.currentUtcDateTime.getTime() + result.waitMs;
    yield context.df.createTimer(new Date(wakeAt));
  }
}
