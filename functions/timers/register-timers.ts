import { app, type InvocationContext, type Timer } from '@azure/functions';
import { input } from 'durable-functions';
import { type RetireMonthsDeps, retireMonths } from '../../lib/core/audit/retire-months.ts';
import type { Starter } from '../../lib/core/exports/starter.ts';
import { runWatchdog, type WatchdogDeps } from '../../lib/core/exports/watchdog.ts';
import {
  type AnnounceExpiringDeps,
  announceExpiring,
} from '../../lib/core/keys/announce-expiring.ts';
import {
  type OrchestrationHistory,
  type RetireTracesDeps,
  retireTraces,
} from '../../lib/core/retention/retire-traces.ts';
import { type SweepDeps, sweepExpired } from '../../lib/core/retention/sweep.ts';
import { type SweepLogDeps, sweepDeliveryLog } from '../../lib/core/webhooks/sweep-log.ts';
import {
  type WatchDeliveriesDeps,
  watchDeliveries,
} from '../../lib/core/webhooks/watch-deliveries.ts';
import { type WatchTurnsDeps, watchTurns } from '../../lib/core/webhooks/watch-turns.ts';

export interface TimerDeps
  extends SweepDeps,
    WatchdogDeps,
    SweepLogDeps,
    WatchDeliveriesDeps,
    WatchTurnsDeps,
    AnnounceExpiringDeps,
    RetireMonthsDeps,
    RetireTracesDeps {}

/** Every ten minutes, UTC: files go at most ten minutes after their time. */
const sweepSchedule = '0 */10 * * * *';
/** Every minute: a start that was lost, and a lane or delivery that broke, is made good within two. */
const watchdogSchedule = '30 * * * * *';
/** Every hour: measures, and finds what no turn tells of. */
const deliverySchedule = '0 10 * * * *';
/** Every day, UTC, at a quiet time. */
const webhookLogSchedule = '0 20 3 * * *';

/** Every day, UTC, at another quiet time. */
const traceSchedule = '0 20 2 * * *';

/** Every day, UTC, soon after it began: a notice never comes later than it is promised. */
const keyNoticeSchedule = '0 5 0 * * *';

/** Every day, UTC: heads go into the log daily; months go on the first day that they may. */
const auditSchedule = '0 40 3 * * *';

/** Registers the timers; each may run twice or late and does no harm then. */
export function registerTimers(
  deps: TimerDeps,
  makeStarter: (context: InvocationContext) => Starter,
  makeHistory: (context: InvocationContext) => OrchestrationHistory,
): void {
  app.timer('retentionSweep', {
    schedule: sweepSchedule,
    extraInputs: [input.durableClient()],
    handler: async (_timer: Timer, context: InvocationContext) => {
      await sweepExpired(deps, makeStarter(context));
    },
  });
  app.timer('deliveryWatch', {
    schedule: deliverySchedule,
    extraInputs: [input.durableClient()],
    handler: async (_timer: Timer, context: InvocationContext) => {
      await watchDeliveries(deps, makeStarter(context));
    },
  });
  app.timer('webhookLogSweep', {
    schedule: webhookLogSchedule,
    handler: async () => {
      const result = await sweepDeliveryLog(deps);
      deps.log.info('webhook log sweep done', { ...result });
    },
  });
  app.timer('traceSweep', {
    schedule: traceSchedule,
    extraInputs: [input.durableClient()],
    handler: (_timer: Timer, context: InvocationContext) =>
      retireTraces(deps, makeHistory(context)),
  });
  app.timer('keyNotices', {
    schedule: keyNoticeSchedule,
    extraInputs: [input.durableClient()],
    handler: async (_timer: Timer, context: InvocationContext) => {
      const result = await announceExpiring(deps, makeStarter(context));
      deps.log.info('notices of expiring keys done', { ...result });
    },
  });
  app.timer('auditRetention', {
    schedule: auditSchedule,
    handler: () => retireMonths(deps),
  });
  app.timer('watchdog', {
    schedule: watchdogSchedule,
    extraInputs: [input.durableClient()],
    handler: async (_timer: Timer, context: InvocationContext) => {
      const starter = makeStarter(context);
      await Promise.all([runWatchdog(deps, starter), watchTurns(deps, starter)]);
    },
  });
}
