import type { OrchestrationContext, Task } from 'durable-functions';
import type { ExportPlan, PlanOrder } from '../lib/core/exports/plan-export.ts';
import type { ExportWork } from '../lib/core/exports/starter.ts';
import {
  activityNames,
  type LaneInput,
  type LaneResult,
  laneInstanceId,
  orchestrationNames,
} from './contract.ts';
import { closingRetry } from './policies.ts';

/** How often the tables that broken lanes left behind are planned anew. */
const roundsMax = 6;

/** One attempt at one export: plan, read the tables in lanes, commit the manifest, announce. */
export function* exportInvocation(context: OrchestrationContext): Generator<Task, void, unknown> {
  const work = context.df.getInput<ExportWork>();
  if (work === undefined) throw new TypeError('exportInvocation needs its work as input.');
  let plan = yield* planOrClose(context, work);
  if (plan.next === 'run') yield call(context, activityNames.announce, work);
  for (let round = 1; plan.next === 'run' && round <= roundsMax; round++) {
    if (yield* runLanes(context, work, plan)) break;
    plan = yield* planOrClose(context, work);
  }
  if (plan.next !== 'nothing') yield call(context, activityNames.commitManifest, work);
  yield call(context, activityNames.announce, work);
}

/**
 * A plan that fails for an hour ends the export as `failed`; it can then be retried by its owner. The
 * time tells this order from every other: two runs of the activity make one plan of it.
 */
function* planOrClose(
  context: OrchestrationContext,
  work: ExportWork,
): Generator<Task, ExportPlan, unknown> {
  const order: PlanOrder = { ...work, orderedAt: context.df.currentUtcDateTime.toISOString() };
  try {
    return (yield call(context, activityNames.planExport, order)) as ExportPlan;
  } catch {
    return { next: 'close', run: 0, lanes: [] };
  }
}

/**
 * True when every lane came to its end with nothing left to do. Lanes never throw, but an instance can
 * fail from outside, as when its worker dies: `Task.all` then throws, after all of them have ended.
 * Neither can corrupt the replay, because no lane is started with a retry policy.
 *
 * Lanes get the export's own version: without one the host stamps them with its default, and after an
 * upgrade in the middle of an export a host of the old version could not finish what it began.
 */
function* runLanes(
  context: OrchestrationContext,
  work: ExportWork,
  { run, lanes }: ExportPlan,
): Generator<Task, boolean, unknown> {
  if (lanes.length === 0) return true;
  // Only the empty text keeps the lanes of an export from before versions without one.
  const version = context.df.version ?? '';
  const started = lanes.map((tables, lane) => {
    const input: LaneInput = { ...work, tables };
    const id = laneInstanceId({ ...work, run, lane, start: 0 });
    return context.df.callSubOrchestrator(orchestrationNames.exportLane, input, id, version);
  });
  try {
    const results = (yield context.df.Task.all(started)) as readonly LaneResult[];
    return results.every(({ settled }) => settled);
  } catch {
    return false;
  }
}

function call(context: OrchestrationContext, name: string, work: ExportWork): Task {
  return context.df.callActivityWithRetry(name, closingRetry(), work);
}
