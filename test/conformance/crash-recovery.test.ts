import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type FaultStep, faultSteps } from '../../lib/local-host/faults.ts';
import { freshFolder } from './support/host-process.ts';
import { openGate, startTrialHost, type TrialHost, traceLines } from './support/trial-host.ts';
import { until } from './support/until.ts';

let folder: ReturnType<typeof freshFolder>;
let host: TrialHost | undefined;

beforeEach(() => {
  folder = freshFolder();
});

afterEach(async () => {
  await host?.process.kill('SIGTERM');
  folder.remove();
});

const threeResults = (id: string) =>
  ['one', 'two', 'three'].map((name) => ({ done: `${id}-${name}` }));

test('kill -9 in the middle of an activity: it runs again after the restart and the result is right', async () => {
  const first = await startTrialHost({ folder: folder.path });
  await first.start('gatedStep', 'killed');
  await until('the activity to run', () => traceLines(folder.path)[0]);
  expect(await first.process.kill('SIGKILL')).toBe('SIGKILL');
  openGate(folder.path);
  host = await startTrialHost({ folder: folder.path });
  expect(await host.ended('killed')).toMatchObject({
    runtimeStatus: 'Completed',
    output: { done: 'killed' },
  });
  expect(traceLines(folder.path)).toEqual(['begin killed', 'begin killed', 'end killed']);
});

describe('the host dies at any step and goes on after a restart as if nothing had happened', () => {
  const occurrences: Readonly<Record<FaultStep, readonly number[]>> = {
    beforeActivityHandler: [1, 5],
    duringActivity: [1, 6],
    afterActivityHandler: [1, 5],
    beforeActivityCommit: [4],
    afterActivityCommit: [1, 9],
    duringEpisode: [1, 7],
    beforeEpisodeCommit: [1, 4, 13],
    afterEpisodeCommit: [1, 4, 13],
    beforeStartCommit: [1],
    afterStartCommit: [1],
  };
  const cases = faultSteps.flatMap((step) =>
    occurrences[step].map((occurrence) => [step, occurrence] as const),
  );
  test.each(cases)('%s, time %i', async (step, occurrence) => {
    const first = await startTrialHost({
      folder: folder.path,
      faults: { crashAt: { step, occurrence } },
    });
    const started = first.start('parentOfThree', 'p').catch(() => undefined);
    expect(await first.process.ended).toBe('SIGKILL');
    await started;
    host = await startTrialHost({ folder: folder.path });
    if (step === 'beforeStartCommit') {
      expect(await host.status('p')).toBeUndefined();
      await host.start('parentOfThree', 'p');
    }
    expect(await host.ended('p')).toMatchObject({
      runtimeStatus: 'Completed',
      output: [0, 1, 2].map((index) => threeResults(`p-${index}`)),
    });
    const runsPerStep = new Map<string, number>();
    for (const line of traceLines(folder.path).filter((text) => text.startsWith('end'))) {
      runsPerStep.set(line, (runsPerStep.get(line) ?? 0) + 1);
    }
    expect(runsPerStep.size).toBe(9);
    const repeats = [...runsPerStep.values()].reduce((sum, runs) => sum + runs - 1, 0);
    // Only work whose result was not committed may run again: at most what ran at the moment of death.
    expect(repeats).toBeLessThanOrEqual(3);
  });
});

test('SIGTERM lets running work finish, ends with 0, and nothing runs twice afterwards', async () => {
  const first = await startTrialHost({ folder: folder.path });
  await first.start('gatedStep', 'calm');
  await until('the activity to run', () => traceLines(folder.path)[0]);
  const ended = first.process.kill('SIGTERM');
  await until('the port to be closed', async () => ((await refused(first.url)) ? true : undefined));
  openGate(folder.path);
  expect(await ended).toBe(0);
  host = await startTrialHost({ folder: folder.path });
  expect(await host.ended('calm')).toMatchObject({ output: { done: 'calm' } });
  expect(traceLines(folder.path)).toEqual(['begin calm', 'end calm']);
});

test('SIGTERM lets a request that is being served finish, and is quick about it', async () => {
  host = await startTrialHost({ folder: folder.path });
  const { url } = host;
  const answer = fetch(`${url}/gated`).then((response) => response.text());
  await until('the request to be served', () =>
    traceLines(folder.path)[0] === 'gated' ? true : undefined,
  );
  const ended = host.process.kill('SIGTERM');
  await until('the port to be closed', async () => ((await refused(url)) ? true : undefined));
  openGate(folder.path);
  const openedAt = Date.now();
  expect(await answer).toBe('through the gate');
  expect(await ended).toBe(0);
  expect(Date.now() - openedAt).toBeLessThan(2_000);
});

test('with a recovery delay, work of a crashed host comes back only after it; new work runs at once', async () => {
  const first = await startTrialHost({ folder: folder.path });
  await first.start('gatedStep', 'late');
  await until('the activity to run', () => traceLines(folder.path)[0]);
  await first.process.kill('SIGKILL');
  openGate(folder.path);
  const restartedAt = Date.now();
  host = await startTrialHost({ folder: folder.path, flags: ['--recovery-delay-ms', '2500'] });
  await host.start('gatedStep', 'prompt');
  await host.ended('prompt');
  expect(await host.status('late')).toMatchObject({ runtimeStatus: 'Running' });
  expect(await host.ended('late')).toMatchObject({ output: { done: 'late' } });
  expect(Date.now() - restartedAt).toBeGreaterThanOrEqual(2_500);
});

test('a durable timer that came due while the host was down fires at once', async () => {
  const first = await startTrialHost({ folder: folder.path });
  await first.start('shortTimer', 'sleeper', 2_000);
  await first.inState('sleeper', 'Running');
  await first.process.kill('SIGKILL');
  await delay(2_000);
  host = await startTrialHost({ folder: folder.path });
  expect(await host.ended('sleeper')).toMatchObject({ runtimeStatus: 'Completed', output: 'woke' });
});

async function refused(url: string): Promise<boolean> {
  try {
    await fetch(`${url}/links`);
    return false;
  } catch {
    return true;
  }
}
