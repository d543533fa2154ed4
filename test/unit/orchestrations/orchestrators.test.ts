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
  test('A1 plans, announces the start, fans out, commits the manifest, announces the end', () => {
    const run = exportInvocation(scripted(work));
    expect(run.next().value).toEqual(['activity', 'planExport', work]);
    expect(run.next({ next: 'run', lanes: [[0, 2], [1]] }).value).toEqual([
      'activity',
      'announce',
      work,
    ]);
    expect(run.next().value).toEqual([
      'all',
      ['sub', 'exportLane', { ...work, tables: [0, 2] }, 'e-lane-0'],
      ['sub', 'exportLane', { ...work, tables: [1] }, 'e-lane-1'],
    ]);
    expect(run.next([]).value).toEqual(['activity', 'commitManifest', work]);
    expect(run.next().value).toEqual(['activity', 'announce', work]);
    expect(run.next().done).toBe(true);
  });

  test('without lanes nothing is fanned out: Task.all([]) throws', () => {
    const run = exportInvocation(scripted(work));
    run.next();
    run.next({ next: 'run', lanes: [] });
    expect(run.next().value).toEqual(['activity', 'commitManifest', work]);
  });

  test('a plan that fails for good still closes and announces', () => {
    const run = exportInvocation(scripted(work));
    run.next();
    expect(run.throw(new Error('no storage')).value).toEqual(['activity', 'commitManifest', work]);
    expect(run.next().value).toEqual(['activity', 'announce', work]);
  });

  test('an export that has ended already is only announced again', () => {
    const run = exportInvocation(scripted(work));
    run.next();
    expect(run.next({ next: 'nothing', lanes: [] }).value).toEqual(['activity', 'announce', work]);
    expect(run.next().done).toBe(true);
  });
});

describe('exportLane', () => {
  const lane = { ...work, tables: [3, 5, 7] };
  const asked = (table: number) => ['activity', 'exportTable', { ...work, table }];

  test('L9 takes its tables one after another and never throws', () => {
    const run = exportLane(scripted(lane));
    expect(run.next().value).toEqual(asked(3));
    expect(run.throw(new Error('source_unreachable')).value).toEqual(asked(5));
    expect(run.next({ ok: false, code: 'table_missing' }).value).toEqual(asked(7));
    expect(run.next({ ok: true, rows: 1 })).toEqual({ done: true, value: { tables: 3 } });
  });

  test('a cancelled table ends the lane', () => {
    const run = exportLane(scripted(lane));
    run.next();
    expect(run.next({ ok: false, code: 'cancelled' }).done).toBe(true);
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
