import { app, type OrchestrationContext, type RetryOptions, type Task } from 'durable-functions';
import { beforeAll, describe, expect, test } from 'vitest';
import { exportInvocation } from '../../orchestrations/export-invocation.ts';
import { exportLane } from '../../orchestrations/export-lane.ts';
import { webhookDelivery } from '../../orchestrations/webhook-delivery.ts';
import { loadOrchestrators, type Orchestrators } from './histories/load-orchestrators.ts';
import { readRecordings } from './histories/recording.ts';
import { replayProblem } from './histories/replay.ts';

type Orchestrator = (context: OrchestrationContext) => Generator<Task, unknown, unknown>;
type Df = OrchestrationContext['df'];

/** Changes that somebody might make without a thought, each registered under a name of its own. */
const changes: Readonly<Record<string, Orchestrator>> = {
  unchanged: (context) => exportInvocation(changed(context, {})),
  unchangedLane: (context) => exportLane(changed(context, {})),
  unchangedDelivery: (context) => webhookDelivery(changed(context, {})),
  swapped: (context) =>
    exportInvocation(
      changed(context, {
        callActivityWithRetry: (df, name, retry, input) =>
          df.callActivityWithRetry(swapped[name] ?? name, retry, input),
      }),
    ),
  *added(context) {
    yield* exportInvocation(context);
    yield context.df.callActivity('announce', context.df.getInput());
  },
  renamedLane: (context) =>
    exportInvocation(
      changed(context, {
        callSubOrchestrator: (df, name, input, id, version) =>
          df.callSubOrchestrator(name, input, `${id}-x`, version),
      }),
    ),
  withoutVersion: (context) =>
    exportInvocation(
      changed(context, {
        callSubOrchestrator: (df, name, input, id) => df.callSubOrchestrator(name, input, id),
      }),
    ),
  otherInput: (context) =>
    exportLane(
      changed(context, {
        callActivityWithRetry: (df, name, retry, input) =>
          df.callActivityWithRetry(name, retry, { ...(input as object), more: 1 }),
      }),
    ),
  lessPatience: (context) =>
    exportLane(
      changed(context, {
        callActivityWithRetry: (df, name, retry, input) =>
          df.callActivityWithRetry(
            name,
            { ...retry, maxNumberOfAttempts: 2 } as RetryOptions,
            input,
          ),
      }),
    ),
  otherWait: (context) =>
    webhookDelivery(
      changed(context, { createTimer: (df, at) => df.createTimer(new Date(at.getTime() + 1)) }),
    ),
};

const swapped: Readonly<Record<string, string>> = {
  announce: 'commitManifest',
  commitManifest: 'announce',
};

interface Changes {
  callActivityWithRetry?(df: Df, name: string, retry: RetryOptions, input: unknown): Task;
  callSubOrchestrator?(df: Df, name: string, input: unknown, id: string, version: string): Task;
  createTimer?(df: Df, at: Date): Task;
}

/** The same context with some calls made otherwise. */
function changed(context: OrchestrationContext, calls: Changes): OrchestrationContext {
  const { df } = context;
  const own = Object.fromEntries(
    Object.entries(calls).map(([name, call]) => [
      name,
      (...values: readonly unknown[]) => call(df, ...values),
    ]),
  );
  const changedDf = new Proxy(df, {
    get: (target, name) => own[String(name)] ?? bound(target, Reflect.get(target, name)),
  });
  return new Proxy(context, {
    get: (target, name) => (name === 'df' ? changedDf : Reflect.get(target, name)),
  });
}

function bound(target: object, value: unknown): unknown {
  return typeof value === 'function' && value.prototype === undefined ? value.bind(target) : value;
}

let orchestrators: Orchestrators;

beforeAll(() => {
  orchestrators = loadOrchestrators(() => {
    for (const [name, orchestrator] of Object.entries(changes))
      app.orchestration(name, orchestrator);
  });
});

/** What the replay of a recording says when another orchestrator is there in place of its own. */
async function problemOf(name: string, file: string): Promise<string | undefined> {
  const recording = readRecordings().find((found) => found.file === file);
  if (recording === undefined) throw new TypeError(`There is no ${file}.`);
  const instance = { ...recording.instance, name };
  return await replayProblem(orchestrators, { ...recording, instance });
}

const invocation = '1.0/complete/export.jsonl';
const lane = '1.0/complete/export-run-1-lane-0.jsonl';
const failedLane = '1.0/failed-table/export-run-1-lane-0.jsonl';
const delivery = '1.0/waiting-delivery/delivery-event-1.jsonl';

describe('a changed orchestrator is found out where the change is first met', () => {
  test.each([
    ['swapped', invocation, 'step 2', 'then: 1 activity announce\nnow:  1 activity commitManifest'],
    ['added', invocation, 'step 9', 'now:  8 activity announce'],
    ['renamedLane', invocation, 'step 3', 'child exportLane export-run-1-lane-0-x'],
    ['withoutVersion', invocation, 'step 3', 'version undefined'],
    ['otherInput', lane, 'step 1', '"more":1'],
    ['lessPatience', failedLane, 'step 1', '"maxNumberOfAttempts":2'],
    ['otherWait', delivery, 'step 2', 'then: 1 timer 2026-01-01T00:00:10.672Z'],
  ])('%s', async (name, file, step, difference) => {
    const problem = await problemOf(name, file);
    expect(problem).toContain(`${file}, ${step}: another decision.`);
    expect(problem).toContain(difference);
  });

  test('and one that is not changed is not', async () => {
    expect(await problemOf('unchanged', invocation)).toBeUndefined();
    expect(await problemOf('unchangedLane', failedLane)).toBeUndefined();
    expect(await problemOf('unchangedDelivery', delivery)).toBeUndefined();
  });
});
