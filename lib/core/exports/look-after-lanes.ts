import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { LaneRef, Starter } from './starter.ts';
import type { LanePlan, RunningMark, TableStore } from './stores.ts';
import { isSettled, isTouched } from './table-record.ts';

export interface LookAfterLanesDeps {
  readonly tables: TableStore;
  readonly clock: Clock;
  readonly log: Log;
}

/** A lane is normally at work within seconds of its plan. */
const graceMs = 60_000;
/** Under load a lane can take minutes to begin; after this its start counts as lost. */
const lostMs = 600_000;
/** How often one lane is started again; what is left then, the export's own orchestration plans anew. */
const startsMax = 5;

/**
 * Lets the tables of broken lanes go on. An instance can fail although its code threw nothing, when its
 * worker dies in the middle of a step; the export's orchestration waits for the lanes that are well, for
 * hours, before it can see that. A lane that is started beside it under an id of its own takes what is not
 * settled, first what nobody looks after; where it meets another run it follows that one.
 */
export async function lookAfterLanes(
  deps: LookAfterLanesDeps,
  starter: Starter,
  { plan, ...mark }: RunningMark,
): Promise<void> {
  if (plan === undefined || ageMsOf(plan, deps.clock()) < graceMs) return;
  const broken: LaneRef[] = [];
  for (const lane of plan.lanes.keys()) {
    const { tenantId, exportId, attempt } = mark;
    const first = { tenantId, exportId, attempt, run: plan.run, lane, start: 0 };
    const next = await nextStart(deps, starter, first, plan);
    if (next !== undefined) broken.push(next);
  }
  if (broken.length > 0) await startAgain(deps, starter, broken, plan);
}

/** The start that the lane needs; undefined while one of its starts runs, or when one came to its end. */
async function nextStart(
  { clock }: LookAfterLanesDeps,
  starter: Starter,
  first: LaneRef,
  plan: LanePlan,
): Promise<LaneRef | undefined> {
  for (let start = 0; start <= startsMax; start++) {
    const lane = { ...first, start };
    const state = await starter.laneState(lane);
    if (state === 'running' || state === 'completed') return undefined;
    if (state === 'broken') continue;
    if (start > 0) return lane;
    if (ageMsOf(plan, clock()) < lostMs) return undefined;
  }
  return undefined;
}

async function startAgain(
  { tables, clock, log }: LookAfterLanesDeps,
  starter: Starter,
  broken: readonly LaneRef[],
  plan: LanePlan,
): Promise<void> {
  const [{ exportId, attempt } = { exportId: '', attempt: 0 }] = broken;
  const rows = (await tables.list(exportId)).map(({ value }) => value);
  const now = clock();
  const open = rows.filter((row) => !isSettled(row, attempt));
  const idleFirst = open.toSorted((a, b) => Number(isTouched(a, now)) - Number(isTouched(b, now)));
  for (const lane of broken) {
    const own = new Set(plan.lanes[lane.lane]);
    const left = idleFirst.map(({ index }) => index).filter((index) => own.has(index));
    if (left.length === 0) continue;
    log.warn('watchdog restarts a lane', { ...lane, tables: left.length });
    await starter.startLane(lane, left);
  }
}

function ageMsOf({ plannedAt }: LanePlan, now: Date): number {
  return now.getTime() - Date.parse(plannedAt);
}
