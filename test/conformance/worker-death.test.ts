import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { freshFolder } from './support/host-process.ts';
import { openGate, startTrialHost, type TrialHost, traceLines } from './support/trial-host.ts';
import { until } from './support/until.ts';

// What the real host did when its Node worker was killed, and when it restarted inside its process: running
// activities fail, orchestrator episodes in flight are Failed for good without the orchestrator throwing.

const exited = 'node exited with code 137 (0x89)';
const noWorkers = 'Did not find any initialized language workers';
const atOnce = { step: 'now' };

let folder: ReturnType<typeof freshFolder>;
let host: TrialHost;

beforeEach(async () => {
  folder = freshFolder();
  host = await startTrialHost({ folder: folder.path });
});

afterEach(async () => {
  await host.process.kill('SIGTERM');
  folder.remove();
});

const lines = (start: string) => traceLines(folder.path).filter((line) => line.startsWith(start));
const linesCame = (start: string, count: number) =>
  until(`${count} times ${start}`, () => (lines(start).length >= count ? true : undefined));
const visit = async () => (await fetch(`${host.url}/visits`)).json();
const step = (name: string, gate = 'open') => ({ name, gate });

describe.each([
  ['the worker dies alone', { workerDiesAt: atOnce }],
  ['the host restarts in its process', { hostRestartsAt: atOnce }],
])('%s', (_, death) => {
  test('a running activity fails and its code is gone; with a retry it runs again', async () => {
    await host.start('patientStep', 'p', step('p'));
    await linesCame('begin p', 1);
    expect([await visit(), await visit()]).toEqual([1, 2]);
    expect((await host.setFaults(death)).status).toBe(200);
    await linesCame('begin p', 2);
    openGate(folder.path);
    expect(await host.ended('p')).toMatchObject({ runtimeStatus: 'Completed' });
    const { historyEvents } = await host.ended('p');
    expect(historyEvents?.filter(({ EventType }) => EventType === 'TaskFailed')).toMatchObject([
      { Reason: `Activity function 'step' failed:  ${exited}` },
    ]);
    // The first run never came to its end, although its gate opened, too.
    expect(lines('end p')).toEqual(['end p']);
    // Nor has anything of the app's memory stayed.
    expect(await visit()).toBe(1);
  });

  test('a running activity without a retry fails its orchestration', async () => {
    await host.start('gatedStep', 'g');
    await linesCame('begin g', 1);
    await host.setFaults(death);
    const { runtimeStatus, output } = await host.ended('g');
    expect(runtimeStatus).toBe('Failed');
    expect(output).toContain(`Activity function 'step' failed:  ${exited}`);
  });

  test('a request that is being served gets an empty 500; the next one waits for the new worker', async () => {
    const answer = fetch(`${host.url}/gated`);
    await linesCame('gated', 1);
    await host.setFaults(death);
    const { status } = await answer;
    expect([status, await (await answer).text()]).toEqual([500, '']);
    expect(await visit()).toBe(1);
  });
});

describe.each([
  ['the worker dies alone', 'workerDiesAt', exited],
  ['the host restarts in its process', 'hostRestartsAt', noWorkers],
])('%s in the middle of an episode', (_, field, message) => {
  test('the instance is Failed for good although its code threw nothing; the parent waits for all children', async () => {
    await host.start('family', 'f');
    await linesCame('begin f-', 3);
    await host.setFaults({ [field]: { step: 'duringEpisode', name: 'patientStep' } });
    openGate(folder.path, 'gate0');
    const failed = await host.ended('f-0');
    expect(failed.runtimeStatus).toBe('Failed');
    expect(failed.output).toBe(`Orchestrator function 'patientStep' failed: ${message}`);
    // The siblings' activities died with the worker and have begun again; the parent knows and waits.
    await linesCame('begin f-', 5);
    const parent = await host.status('f');
    expect(parent?.runtimeStatus).toBe('Running');
    expect(parent?.historyEvents?.map(({ EventType }) => EventType)).toContain(
      'SubOrchestrationInstanceFailed',
    );
    openGate(folder.path, 'gate1');
    expect(await host.ended('f-1')).toMatchObject({ runtimeStatus: 'Completed' });
    expect(await host.status('f')).toMatchObject({ runtimeStatus: 'Running' });
    openGate(folder.path, 'gate2');
    expect(await host.ended('f-2')).toMatchObject({ runtimeStatus: 'Completed' });
    const { runtimeStatus, output } = await host.ended('f');
    expect(runtimeStatus).toBe('Completed');
    expect(output).toEqual({ caught: expect.stringContaining(message) });
    expect(await host.status('f-0')).toMatchObject({ runtimeStatus: 'Failed' });
    expect(lines('threw')).toEqual([]);
  });
});

describe('the third death of the worker', () => {
  test('ends the host; after a restart the work goes on', async () => {
    await host.setFaults({ workerDiesAt: { step: 'duringActivity', name: 'step', times: 3 } });
    await host.start('patientStep', 'three', step('three'));
    expect(await host.process.ended).toBe(1);
    expect(host.process.output()).toContain('Exceeded language worker restart retry count');
    openGate(folder.path);
    host = await startTrialHost({ folder: folder.path });
    expect(await host.ended('three')).toMatchObject({
      runtimeStatus: 'Completed',
      output: { done: 'three' },
    });
  });

  test('comes later when the host has restarted in between: it counts anew', async () => {
    for (const fault of ['workerDiesAt', 'workerDiesAt', 'hostRestartsAt', 'workerDiesAt']) {
      await host.setFaults({ [fault]: atOnce });
      expect(await visit()).toBe(1);
    }
    await host.setFaults({});
    expect(await visit()).toBe(2);
  });
});

test('a host that restarts keeps its address, its state and its switches', async () => {
  await host.start('patientStep', 'kept', step('kept'));
  await linesCame('begin kept', 1);
  await host.setFaults({ activityTwice: 'concurrent', hostRestartsAt: atOnce });
  await linesCame('begin kept', 3);
  openGate(folder.path);
  expect(await host.ended('kept')).toMatchObject({ output: { done: 'kept' } });
  expect(await host.status('kept')).toBeDefined();
});

describe('a worker that dies by itself', () => {
  test.each([
    ['throws', 'node exited with code 1 (0x1)'],
    ['exhausts memory', 'node exited with code 134 (0x86)'],
  ] as const)('%s', async (how, message) => {
    await host.process.kill('SIGTERM');
    const environment = { NODE_OPTIONS: '--max-old-space-size=96' };
    host = await startTrialHost({ folder: folder.path, environment });
    expect(await visit()).toBe(1);
    await host.start('broken', 'b', { how });
    const { runtimeStatus, output } = await host.ended('b');
    expect(runtimeStatus).toBe('Failed');
    expect(output).toContain(message);
    expect(await visit()).toBe(1);
    expect(lines('breaks')).toEqual(['breaks']);
  });
});
