import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { compareVersions } from '../../lib/local-host/durable/compare-versions.ts';
import { registerOrchestrations } from '../../orchestrations/register.ts';
import { loadOrchestrators, type Orchestrators } from './histories/load-orchestrators.ts';
import { readRecordings } from './histories/recording.ts';
import { replayProblem, stepsOf } from './histories/replay.ts';
import { scenarioNames } from './histories/scenarios.ts';

const whatToDo = `Exports that run now would break under these orchestrators: a replay must decide what was decided.
Leave alone what an orchestrator does for an earlier version: raise defaultVersion in host.json, branch on
context.df.version, record anew with \`npm run record:histories\` (test/fixtures/histories/README.md).`;

const recordings = readRecordings();
const { defaultVersion } = (
  JSON.parse(readFileSync(join(import.meta.dirname, '../../host.json'), 'utf8')) as {
    extensions: { durableTask: { defaultVersion: string } };
  }
).extensions.durableTask;

let orchestrators: Orchestrators;

beforeAll(() => {
  orchestrators = loadOrchestrators(registerOrchestrations);
});

describe('today’s orchestrators decide at each step of a recorded export what was decided then', () => {
  test.each(recordings.map((recording) => [recording.file, recording] as const))(
    '%s',
    async (_, recording) => {
      expect(stepsOf(recording.history).length).toBeGreaterThan(0);
      const problem = await replayProblem(orchestrators, recording);
      expect(problem, whatToDo).toBeUndefined();
    },
  );
});

test('the version is two numbers with a dot, which Azure compares as numbers, and it is recorded', () => {
  expect(defaultVersion).toMatch(/^\d+\.\d+$/);
  const folders = new Set(recordings.map(({ file }) => file.slice(0, file.indexOf('/'))));
  expect([...folders], whatToDo).toContain(defaultVersion);
  const newer = [...folders].filter((version) => compareVersions(version, defaultVersion) > 0);
  expect(newer).toEqual([]);
});

describe('of each version there is each scenario', () => {
  const versions = [...new Set(recordings.map(({ instance }) => instance.version))];
  test.each(versions)('%s', (version) => {
    const folders = recordings
      .filter(
        ({ file, instance }) => instance.version === version && file.startsWith(`${version}/`),
      )
      .map(({ file }) => file.split('/')[1]);
    expect([...new Set(folders)].toSorted()).toEqual(scenarioNames.toSorted());
  });
});

test('the recordings meet every moment at which an upgrade can find an export or a delivery', () => {
  const moments = recordings.flatMap(({ instance, history }) =>
    stepsOf(history).flatMap(({ decided }) =>
      decided.map(({ Name, FireAt }) => `${instance.name}: ${Name ?? (FireAt ? 'wait' : 'end')}`),
    ),
  );
  expect([...new Set(moments)].toSorted()).toEqual([
    'exportInvocation: announce',
    'exportInvocation: commitManifest',
    'exportInvocation: end',
    'exportInvocation: exportLane',
    'exportInvocation: planExport',
    'exportLane: end',
    'exportLane: exportTable',
    'exportLane: wait',
    'webhookDelivery: attemptDelivery',
    'webhookDelivery: end',
    'webhookDelivery: wait',
  ]);
});

test('a recording holds ids, counts, codes and times, and nothing else', () => {
  const allowed =
    /^(tenant|export(-\d+)?(-run-\d+-lane-\d+)?|(delivery-)?event-\d+|\d+\.\d+|[a-zA-Z_]+|[\d-]+T[\d:.]+Z|Activity function '\w+' failed: {2}\w+|)$/;
  const texts = recordings.flatMap(({ instance, history }) => textsIn([instance, ...history]));
  expect([...new Set(texts)].filter((text) => !allowed.test(text))).toEqual([]);
});

/** All texts in a value; a text that holds JSON is looked into. */
function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') {
    return /^[{[]/.test(value) ? textsIn(JSON.parse(value)) : [value];
  }
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
