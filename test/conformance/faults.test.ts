import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parseFaults } from '../../lib/local-host/faults.ts';
import { freshFolder } from './support/host-process.ts';
import { startTrialHost, type TrialHost, traceLines } from './support/trial-host.ts';

const folder = freshFolder();
let host: TrialHost;
let runs = 0;
let id = '';

beforeAll(async () => {
  host = await startTrialHost({ folder: folder.path });
});

beforeEach(async () => {
  runs += 1;
  id = `run${runs}`;
  expect((await host.setFaults({})).status).toBe(200);
});

afterAll(async () => {
  await host.process.kill('SIGTERM');
  folder.remove();
});

const linesOfRun = () => traceLines(folder.path).filter((line) => line.includes(`${id}-`));
const steps = (...names: string[]) => names.map((name) => name.replace(' ', ` ${id}-`));
const results = () => ['one', 'two', 'three'].map((name) => ({ done: `${id}-${name}` }));

test('activityTwice runs every handler twice, one after the other, and the result is the same', async () => {
  await host.setFaults({ activityTwice: true });
  await host.start('threeSteps', id);
  expect((await host.ended(id)).output).toEqual(results());
  const once = (name: string) => [`begin ${name}`, `end ${name}`];
  expect(linesOfRun()).toEqual(
    steps(...['one', 'two', 'three'].flatMap((name) => [...once(name), ...once(name)])),
  );
});

test('activityTwice "concurrent" runs both at the same time', async () => {
  await host.setFaults({ activityTwice: 'concurrent' });
  await host.start('threeSteps', id);
  expect((await host.ended(id)).output).toEqual(results());
  expect(linesOfRun()).toHaveLength(12);
});

test('loseResult throws away the results it was asked to and delivers those calls again', async () => {
  await host.setFaults({ loseResult: { activity: 'step', times: 2 } });
  await host.start('threeSteps', id);
  expect((await host.ended(id)).output).toEqual(results());
  const ends = linesOfRun().filter((line) => line.startsWith('end'));
  expect(ends).toEqual(steps('end one', 'end one', 'end one', 'end two', 'end three'));
});

test('loseResult for another activity changes nothing', async () => {
  await host.setFaults({ loseResult: { activity: 'failsUntilGate', times: 2 } });
  await host.start('threeSteps', id);
  await host.ended(id);
  expect(linesOfRun()).toHaveLength(6);
});

test('the switches can be looked at, with how often they have struck', async () => {
  await host.setFaults({ loseResult: { activity: '*', times: 1 } });
  await host.start('threeSteps', id);
  await host.ended(id);
  const report = await (await fetch(`${host.url}/admin/local-host/faults`)).json();
  expect(report).toEqual({
    loseResult: { activity: '*', times: 1 },
    resultsLost: 1,
    crashStepReached: 0,
    workerDeaths: 0,
    hostRestarts: 0,
  });
});

test('a web page of another origin cannot set them: only JSON is taken', async () => {
  const response = await fetch(`${host.url}/admin/local-host/faults`, {
    method: 'POST',
    headers: { 'content-type': 'text/plain' },
    body: '{"activityTwice":true}',
  });
  expect(response.status).toBe(415);
});

describe('a wrong switch is refused with what to write instead', () => {
  test.each([
    [{ activityThrice: true }, 'There is no fault switch "activityThrice".'],
    [{ activityTwice: 2 }, '"activityTwice" must be true, false or "concurrent".'],
    [
      { loseResult: { activity: 'x' } },
      '"loseResult" must be {"activity": a name or "*", "times": a count from 1}.',
    ],
    [{ crashAt: { step: 'nowhere' } }, '"crashAt.step" must be one of'],
    [
      { crashAt: { step: 'afterEpisodeCommit', occurrence: 0 } },
      '"crashAt.occurrence" must be a count from 1.',
    ],
    [{ workerDiesAt: { step: 'later' } }, '"workerDiesAt.step" must be one of now, '],
    [
      { hostRestartsAt: { step: 'now', times: 0 } },
      '"hostRestartsAt.times" must be a count from 1.',
    ],
    ['activityTwice', 'Faults must be a JSON object.'],
  ])('%j', async (faults, message) => {
    expect(() => parseFaults(faults)).toThrow(message);
    const response = await host.setFaults(faults);
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ message: expect.stringContaining(message) });
  });
});
