import type { OrchestrationContext, Task } from 'durable-functions';
import {
  activityNames,
  type LaneInput,
  type LaneResult,
  type TableInput,
  type TableResult,
} from './contract.ts';
import { tableRetry } from './policies.ts';

/** A day of looking once a minute at a table that another run writes; what waits for itself ends long before. */
const turnsMax = 1_440;
/** Each is five tries over 75 seconds, with a minute between. */
const lostTurnsMax = 10;
const afterLossMs = 60_000;

/** Codes that mean that this attempt is over, for every table. */
const ends: ReadonlySet<string> = new Set(['cancelled', 'superseded', 'wrong_region']);

/**
 * Takes its tables one after another and never throws. Between two calls for the same table it waits as
 * long as the last one said. A table that is given up on stays open in its row: `settled` is false then,
 * and whoever started the lane decides.
 */
export function* exportLane(context: OrchestrationContext): Generator<Task, LaneResult, unknown> {
  const input = context.df.getInput<LaneInput>();
  if (input === undefined) throw new TypeError('exportLane needs its tables as input.');
  const { tables, ...work } = input;
  let settled = true;
  for (const table of tables) {
    const code = yield* exportOne(context, { ...work, table });
    if (code !== undefined && ends.has(code)) break;
    if (code === 'given_up') settled = false;
  }
  return { settled };
}

/** Returns the code of a table that did not become ready. */
function* exportOne(
  context: OrchestrationContext,
  input: TableInput,
): Generator<Task, string | undefined, unknown> {
  let lost = 0;
  for (let turn = 0; turn < turnsMax; turn++) {
    const result = yield* ask(context, input);
    if (result === undefined && ++lost === lostTurnsMax) break;
    if (result !== undefined && !('waitMs' in result)) return result.ok ? undefined : result.code;
    const waitMs = result?.waitMs ?? afterLossMs;
    const wakeAt = context.df.currentUtcDateTime.getTime() + waitMs;
    yield context.df.createTimer(new Date(wakeAt));
  }
  return 'given_up';
}

/** Undefined when every try was lost: the worker died each time, or our own storage is away. */
function* ask(
  context: OrchestrationContext,
  input: TableInput,
): Generator<Task, TableResult | undefined, unknown> {
  try {
    const name = activityNames.exportTable;
    return (yield context.df.callActivityWithRetry(name, tableRetry(), input)) as TableResult;
  } catch {
    return undefined;
  }
}
