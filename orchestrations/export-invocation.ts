import type { OrchestrationContext, Task } from 'durable-functions';
import type { ExportPlan } from '../lib/core/exports/plan-export.ts';
import type { ExportWork } from '../lib/core/exports/starter.ts';
import { activityNames, type LaneInput, laneInstanceId, orchestrationNames } from './contract.ts';
import { closingRetry } from './policies.ts';

/** One attempt at one export: plan, read the tables in lanes, commit the manifest, announce. */
export function* exportInvocation(context: OrchestrationContext): Generator<Task, void, unknown> {
  const work = context.df.getInput<ExportWork>();
  if (work === undefined) throw new TypeError('exportInvocation needs its work as input.');
  const plan = yield* planOrClose(context, work);
  if (plan.next === 'run') {
    yield call(context, activityNames.announce, work);
    yield* runLanes(context, work, plan);
  }
  if (plan.next !== 'nothing') yield call(context, activityNames.commitManifest, work);
  yield call(context, activityNames.announce, work);
}

/** A plan that fails for an hour ends the export as `failed`; it can then be retried by its owner. */
function* planOrClose(
  context: OrchestrationContext,
  work: ExportWork,
): Generator<Task, ExportPlan, unknown> {
  try {
    return (yield call(context, activityNames.planExport, work)) as ExportPlan;
  } catch {
    return { next: 'close', lanes: [] };
  }
}

/**
 * Lanes never throw: a failing child of `Task.all` would corrupt the replay. They get the export's own
 * version: without one the host stamps them with its default, and after an upgrade in the middle of an
 * export a host of the old version could not finish what it began.
 */
function* runLanes(
  context: OrchestrationContext,
  work: ExportWork,
  { lanes }: ExportPlan,
): Generator<Task, void, unknown> {
  if (lanes.length === 0) return;
  // Only the empty text keeps the lanes of an export from before versions without one.
  const version = context.df.version ?? '';
  const started = lanes.map((tables, lane) => {
    const input: LaneInput = { ...work, tables };
    const id = laneInstanceId(work, lane);
    return context.df.callSubOrchestrator(orchestrationNames.exportLane, input, id, version);
  });
  yield context.df.Task.all(started);
}

function call(context: OrchestrationContext, name: string, work: ExportWork): Task {
  return context.df.callActivityWithRetry(name, closingRetry(), work);
}
