import type { InvocationContext } from '@azure/functions';
import * as df from 'durable-functions';
import { gate, note } from './trace.ts';

interface Step {
  readonly name: string;
  readonly gate?: string;
}

df.app.activity('step', {
  handler: async ({ name, gate: waitsFor }: Step) => {
    note(`begin ${name}`);
    if (waitsFor !== undefined) await gate(waitsFor);
    note(`end ${name}`);
    return { done: name };
  },
});
df.app.activity('breaksWorker', {
  handler: async ({ how }: { readonly how: 'throws' | 'exhausts memory' }) => {
    note('breaks');
    if (how === 'throws') setImmediate(() => throwLate());
    else exhaustMemory();
    await gate('never');
  },
});
df.app.activity('failsUntilGate', {
  handler: (_input: unknown, context: InvocationContext) => {
    if (process.env['TRIAL_HEALED'] === 'yes')
      return `healed ${context.triggerMetadata?.['instanceId']}`;
    throw new Error('not healed yet');
  },
});

const patience = new df.RetryOptions(50, 10);

df.app.orchestration('patientStep', function* (context) {
  const step = context.df.getInput<Step>();
  try {
    return yield context.df.callActivityWithRetry('step', patience, step);
  } catch (error) {
    note(`threw ${step.name}`);
    throw error;
  }
});
df.app.orchestration('family', function* (context) {
  const steps = [0, 1, 2].map((index) => ({
    name: `${context.df.instanceId}-${index}`,
    gate: `gate${index}`,
  }));
  const children = steps.map((step) =>
    context.df.callSubOrchestrator('patientStep', step, step.name),
  );
  try {
    return yield context.df.Task.all(children);
  } catch (error) {
    return { caught: String(error) };
  }
});
df.app.orchestration('broken', function* (context) {
  return yield context.df.callActivity('breaksWorker', context.df.getInput());
});
df.app.orchestration('threeSteps', function* (context) {
  const results: unknown[] = [];
  for (const name of ['one', 'two', 'three']) {
    results.push(
      yield context.df.callActivity('step', { name: `${context.df.instanceId}-${name}` }),
    );
  }
  return results;
});
df.app.orchestration('gatedStep', function* (context) {
  return yield context.df.callActivity('step', { name: context.df.instanceId, gate: 'open' });
});
df.app.orchestration('manyGatedSteps', function* (context) {
  const names = Array.from({ length: 7 }, (_, index) => `s${index}`);
  return yield context.df.Task.all(
    names.map((name) => context.df.callActivity('step', { name, gate: 'open' })),
  );
});
df.app.orchestration('parentOfThree', function* (context) {
  const ids = [0, 1, 2].map((index) => `${context.df.instanceId}-${index}`);
  return yield context.df.Task.all(
    ids.map((id) => context.df.callSubOrchestrator('threeSteps', null, id)),
  );
});
df.app.orchestration('twoEvents', function* (context) {
  const first: unknown = yield context.df.waitForExternalEvent('go');
  const second: unknown = yield context.df.waitForExternalEvent('go');
  return [first, second];
});
df.app.orchestration('collector', function* (context) {
  const { got } = context.df.getInput<{ got: unknown[] }>() ?? { got: [] };
  if (got.length === 0) yield context.df.callActivity('step', { name: 'first', gate: 'open' });
  const item: unknown = yield context.df.waitForExternalEvent('item');
  const all = [...got, item];
  if (all.length === 3) return all;
  context.df.continueAsNew({ got: all });
  return undefined;
});
df.app.orchestration('tenDays', function* (context) {
  const until = new Date(context.df.currentUtcDateTime.getTime() + 10 * 86_400_000);
  yield context.df.createTimer(until);
  return yield context.df.callActivity('step', { name: 'after ten days' });
});
df.app.orchestration('shortTimer', function* (context) {
  yield context.df.createTimer(
    new Date(context.df.currentUtcDateTime.getTime() + context.df.getInput<number>()),
  );
  return 'woke';
});
df.app.orchestration('ownVersion', function* (context) {
  return { version: context.df.version ?? null };
});
df.app.orchestration('versionAfterStep', function* (context) {
  yield context.df.callActivity('step', { name: context.df.instanceId, gate: 'open' });
  return { version: context.df.version ?? null };
});
df.app.orchestration('childVersions', function* (context) {
  yield context.df.waitForExternalEvent('go');
  const call = (id: string, version?: string) =>
    context.df.callSubOrchestrator('ownVersion', null, `${context.df.instanceId}-${id}`, version);
  return yield context.df.Task.all([
    call('default'),
    call('own', context.df.version ?? ''),
    call('none', ''),
  ]);
});
df.app.orchestration('childOfVersion', function* (context) {
  const version = context.df.getInput<{ version: string }>()?.version;
  const id = `${context.df.instanceId}-c`;
  try {
    return yield context.df.callSubOrchestrator('ownVersion', null, id, version);
  } catch (error) {
    return { caught: String(error) };
  }
});
df.app.orchestration('heals', function* (context) {
  const child: unknown = yield context.df.callSubOrchestrator(
    'healsInside',
    null,
    `${context.df.instanceId}-c`,
  );
  return { child };
});
df.app.orchestration('healsInside', function* (context) {
  return yield context.df.callActivity('failsUntilGate', {});
});

function throwLate(): never {
  throw new Error('thrown where nobody catches');
}

/** Ends only with the worker. */
function exhaustMemory(): void {
  for (const hoard: number[][] = []; ; ) hoard.push(new Array(1_000_000).fill(0.5));
}
