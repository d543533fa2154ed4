import type { OrchestrationContext, Task } from 'durable-functions';
import { describe, expect, test } from 'vitest';
import { exportInvocation } from '../../../orchestrations/export-invocation.ts';
import { exportLane } from '../../../orchestrations/export-lane.ts';
import { webhookDelivery } from '../../../orchestrations/webhook-delivery.ts';

const work = { tenantId: 't', exportId: 'e', attempt: 1 };

/** Answers each call with a note of itself, so that a test sees what the orchestrator asked for. */
function scripted(input: object): OrchestrationContext {
  const note =
    (kind: string) =>
    (name: string, ...rest: unknown[]) => [kind, name, rest.at(-1)];
  const df = {
    getInput: () => input,
    callActivityWithRetry: note('activity'),
    callSubOrchestrator: (name: string, given: object, id: string) => ['sub', name, given, id],
    createTimer: (at: Date) => ['timer', at.toISOString()],
    currentUtcDateTime: new Date('2026-01-01T00:00:00.000Z'),
    Task: { all: (tasks: readonly Task[]) => ['all', ...tasks] },
  };
  return { df } as unknown as OrchestrationContext;
}

describe('exportInvocation', () => {
  const order = { ...work, orderedAt: '2026-01-01T00:00:00.000Z' };
  const planned = ['activity', 'planExport', order];
  const announced = ['activity', 'announce', work];
  const closed = ['activity', 'commitManifest', work];
  const settled = [{ settled: true }, { settled: true }];
  const lanes = (run: number) => [
    'all',
    ['sub', 'exportLane', { ...work, tables: [0, 2] }, `e-run-${run}-lane-0`],
    ['sub', 'exportLane', { ...work, tables: [1] }, `e-run-${run}-lane-1`],
  ];
  const plan = (run: number) => ({ next: 'run', run, lanes: [[0, 2], [1]] });

  test('A1 plans, announces the start, fans out, commits the manifest, announces the end', () => {
    const run = exportInvocation(scripted(work));
    expect(run.next().value).toEqual(planned);
    expect(run.next(plan(1)).value).toEqual(announced);
    expect(run.next().value).toEqual(lanes(1));
    expect(run.next(settled).value).toEqual(closed);
    expect(run.next().value).toEqual(announced);
    expect(run.next().done).toBe(true);
  });

  test('without lanes nothing is fanned out: Task.all([]) throws', () => {
    const run = exportInvocation(scripted(work));
    run.next();
    run.next({ next: 'run', run: 1, lanes: [] });
    expect(run.next().value).toEqual(closed);
  });

  test('a plan that fails for good still closes and announces', () => {
    const run = exportInvocation(scripted(work));
    run.next();
    expect(run.throw(new Error('no storage')).value).toEqual(closed);
    expect(run.next().value).toEqual(announced);
  });

  test('an export that has ended already is only announced again', () => {
    const run = exportInvocation(scripted(work));
    run.next();
    expect(run.next({ next: 'nothing', run: 0, lanes: [] }).value).toEqual(announced);
    expect(run.next().done).toBe(true);
  });

  test('what a broken lane left is planned anew, under ids of its own, and not announced again', () => {
    const run = exportInvocation(scripted(work));
    run.next();
    run.next(plan(1));
    run.next();
    expect(run.throw(new Error('node exited with code 137')).value).toEqual(planned);
    expect(run.next(plan(2)).value).toEqual(lanes(2));
    expect(run.next(settled).value).toEqual(closed);
  });

  test('so is what a lane gave up on, and after six rounds the export is closed as it is', () => {
    const run = exportInvocation(scripted(work));
    run.next();
    run.next(plan(1));
    run.next();
    for (let round = 1; round <= 6; round++) {
      expect(run.next([{ settled: true }, { settled: false }]).value).toEqual(planned);
      if (round < 6) expect(run.next(plan(round + 1)).value).toEqual(lanes(round + 1));
    }
    expect(run.next(plan(7)).value).toEqual(closed);
  });
});

describe('exportLane', () => {
  const lane = { ...work, tables: [3, 5, 7] };
  const asked = (table: number) => ['activity', 'exportTable', { ...work, table }];
  const waited = (seconds: number) => [
    'timer',
    new Date(Date.UTC(2026, 0, 1) + seconds * 1000).toISOString(),
  ];

  test('L9 takes its tables one after another, whatever becomes of them', () => {
    const run = exportLane(scripted(lane));
    expect(run.next().value).toEqual(asked(3));
    expect(run.next({ ok: false, code: 'source_unreachable' }).value).toEqual(asked(5));
    expect(run.next({ ok: false, code: 'table_missing' }).value).toEqual(asked(7));
    expect(run.next({ ok: true, rows: 1 })).toEqual({ done: true, value: { settled: true } });
  });

  test('waits as long as the activity says and asks again for the same table', () => {
    const run = exportLane(scripted(lane));
    run.next();
    expect(run.next({ waitMs: 7_000 }).value).toEqual(waited(7));
    expect(run.next().value).toEqual(asked(3));
    expect(run.next({ ok: true, rows: 1 }).value).toEqual(asked(5));
  });

  test('never throws: tries that were all lost are begun anew after a minute, ten times', () => {
    const run = exportLane(scripted({ ...work, tables: [3] }));
    expect(run.next().value).toEqual(asked(3));
    const died = new Error('node exited with code 137');
    for (let lost = 1; lost < 10; lost++) {
      expect(run.throw(died).value).toEqual(waited(60));
      expect(run.next().value).toEqual(asked(3));
    }
    expect(run.throw(died)).toEqual({ done: true, value: { settled: false } });
  });

  test.each(['cancelled', 'superseded', 'wrong_region'])('%s ends the lane', (code) => {
    const run = exportLane(scripted(lane));
    run.next();
    expect(run.next({ ok: false, code })).toEqual({ done: true, value: { settled: true } });
  });
});

test('webhookDelivery waits as long as the attempt says and ends when it is done', () => {
  const delivery = { tenantId: 't', deliveryId: 'd' };
  const run = webhookDelivery(scripted(delivery));
  expect(run.next().value).toEqual(['activity', 'attemptDelivery', delivery]);
  expect(run.next({ done: false, waitMs: 5000 }).value).toEqual([
    'timer',
    '2026-01-01T00:00:05.000Z',
  ]);
  expect(run.next().value).toEqual(['activity', 'attemptDelivery', delivery]);
  expect(run.next({ done: true }).done).toBe(true);
});
