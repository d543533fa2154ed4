import { app, type InvocationContext, type Timer } from '@azure/functions';
import { input } from 'durable-functions';
import type { Starter } from '../../lib/core/exports/starter.ts';
import { runWatchdog, type WatchdogDeps } from '../../lib/core/exports/watchdog.ts';
import { type SweepDeps, sweepExpired } from '../../lib/core/retention/sweep.ts';

export interface TimerDeps extends SweepDeps, WatchdogDeps {}

/** Every ten minutes, UTC: files go at most ten minutes after their time. */
const sweepSchedule = '0 */10 * * * *';
/** Every minute: a start that was lost is made good within two. */
const watchdogSchedule = '30 * * * * *';

/** Registers the timers; each may run twice or late and does no harm then. */
export function registerTimers(
  deps: TimerDeps,
  makeStarter: (context: InvocationContext) => Starter,
): void {
  app.timer('retentionSweep', {
    schedule: sweepSchedule,
    extraInputs: [input.durableClient()],
    handler: async (_timer: Timer, context: InvocationContext) => {
      const result = await sweepExpired(deps, makeStarter(context));
      deps.log.info('retention sweep done', { ...result });
    },
  });
  app.timer('watchdog', {
    schedule: watchdogSchedule,
    extraInputs: [input.durableClient()],
    handler: (_timer: Timer, context: InvocationContext) => runWatchdog(deps, makeStarter(context)),
  });
}
