import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { freshFolder } from './support/host-process.ts';
import { openGate, startTrialHost, type TrialHost, traceLines } from './support/trial-host.ts';
import { until } from './support/until.ts';

let folder: ReturnType<typeof freshFolder>;
let host: TrialHost;

beforeEach(() => {
  folder = freshFolder();
});

afterEach(async () => {
  await host.process.kill('SIGTERM');
  folder.remove();
});

/** Starts the trial app as a release with these keys, on the state that the release before left. */
async function run(durableTask: object): Promise<void> {
  host = await startTrialHost({ folder: folder.path, durableTask });
}

async function replaceBy(durableTask: object): Promise<void> {
  await host.process.kill('SIGKILL');
  await run(durableTask);
}

const of = (defaultVersion: string) => ({ defaultVersion });

function startVersion(name: string, id: string, version: string, input: unknown = null) {
  const path = `/../orchestrators/${name}/${id}?version=${version}`;
  return host.instances(path, { method: 'POST', body: JSON.stringify(input) });
}

function raise(id: string): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return host.instances(`/${id}/raiseEvent/go`, { method: 'POST', headers, body: '1' });
}

/** Messages that wait for an instance in the state file. */
function waitingMessages(id: string): number {
  const database = new DatabaseSync(join(folder.path, 'host.sqlite'), { readOnly: true });
  try {
    const count = database.prepare('select count(*) as n from messages where instance_id = ?');
    return Number(count.get(id)?.['n']);
  } finally {
    database.close();
  }
}

const warnings = (id: string) =>
  host.process
    .output()
    .split('\n')
    .filter((line) => line.includes('left alone') && line.includes(`(${id})`));

test('what a newer release began is left alone by an older one, loses nothing and goes on with the newer', async () => {
  await run(of('2.0'));
  await host.start('twoEvents', 'events');
  await host.start('versionAfterStep', 'step');
  await host.start('shortTimer', 'timer', 2_000);
  await host.inState('events', 'Running');
  await until('the activity to run', () => traceLines(folder.path)[0]);
  await host.inState('timer', 'Running');
  await replaceBy(of('1.0'));
  openGate(folder.path);
  await raise('events');
  await raise('events');
  // Activities have no version: the older release runs the one that was open, and its result waits.
  for (const [id, count] of [
    ['events', 2],
    ['step', 1],
    ['timer', 1],
  ] as const) {
    await until(`${id}'s messages`, () => (waitingMessages(id) === count ? true : undefined));
  }
  await host.start('twoEvents', 'own');
  await host.inState('own', 'Running');
  for (const id of ['events', 'step', 'timer']) {
    expect(await host.status(id)).toMatchObject({ runtimeStatus: 'Running', output: null });
    expect(warnings(id)).toEqual([
      expect.stringContaining(
        'has version 2.0, this host 1.0 and versionMatchStrategy CurrentOrOlder',
      ),
    ]);
  }
  expect((await host.start('twoEvents', 'events')).status).toBe(599);
  await replaceBy(of('2.0'));
  expect(await host.ended('events')).toMatchObject({ output: [1, 1] });
  expect(await host.ended('step')).toMatchObject({ output: { version: '2.0' } });
  expect(await host.ended('timer')).toMatchObject({ output: 'woke' });
  expect(traceLines(folder.path)).toEqual(['begin step', 'begin step', 'end step']);
});

test('what has not begun yet stays pending until a host of its version starts', async () => {
  await run(of('1.0'));
  await startVersion('ownVersion', 'ahead', '1.10');
  await until('the warning', () => warnings('ahead')[0]);
  expect(await host.status('ahead')).toMatchObject({ runtimeStatus: 'Pending' });
  await replaceBy(of('1.9'));
  await until('the warning', () => warnings('ahead')[0]);
  await replaceBy(of('1.10'));
  expect(await host.ended('ahead')).toMatchObject({ output: { version: '1.10' } });
});

test('what an older release began goes on under a newer one and keeps its version', async () => {
  await run({});
  await host.start('versionAfterStep', 'unversioned');
  await replaceBy(of('1.0'));
  await host.start('versionAfterStep', 'first');
  await replaceBy(of('2.0'));
  openGate(folder.path);
  expect(await host.ended('unversioned')).toMatchObject({ output: { version: null } });
  expect(await host.ended('first')).toMatchObject({ output: { version: '1.0' } });
  await host.start('ownVersion', 'second');
  expect(await host.ended('second')).toMatchObject({ output: { version: '2.0' } });
  await host.instances('/first/restart?restartWithNewInstanceId=false', { method: 'POST' });
  expect(await host.ended('first')).toMatchObject({ output: { version: '2.0' } });
});

test('a sub-orchestration gets the version of the host that starts it unless it is told another or none', async () => {
  await run(of('1.0'));
  await host.start('childVersions', 'parent');
  await host.inState('parent', 'Running');
  await replaceBy(of('2.0'));
  await raise('parent');
  expect(await host.ended('parent')).toMatchObject({
    output: [{ version: '2.0' }, { version: '1.0' }, { version: '' }],
  });
});

test('without a version of its own a host leaves every versioned instance alone', async () => {
  await run({});
  await startVersion('ownVersion', 'versioned', '0.1');
  await until('the warning', () => warnings('versioned')[0]);
  expect(warnings('versioned')).toEqual([
    expect.stringContaining('has version 0.1, this host none'),
  ]);
  expect(await host.status('versioned')).toMatchObject({ runtimeStatus: 'Pending' });
});

test('with Fail a newer instance fails, and a parent is told', async () => {
  await run({ ...of('1.0'), versionFailureStrategy: 'Fail' });
  await startVersion('ownVersion', 'newer', '1.1');
  const text = 'VersionMismatch: Orchestration version did not comply with Worker Versioning';
  expect(await host.ended('newer')).toMatchObject({ runtimeStatus: 'Failed', output: text });
  await host.start('childOfVersion', 'parent', { version: '1.1' });
  expect(await host.ended('parent')).toMatchObject({
    runtimeStatus: 'Completed',
    output: { caught: expect.stringContaining('did not comply with Worker Versioning') },
  });
});

test('with None every version is taken, with Strict only the very same', async () => {
  await run({ ...of('1.0'), versionMatchStrategy: 'none' });
  await startVersion('ownVersion', 'any', '3.0');
  expect(await host.ended('any')).toMatchObject({ output: { version: '3.0' } });
  await replaceBy({ ...of('2.0'), versionMatchStrategy: 'Strict' });
  await startVersion('ownVersion', 'older', '1.0');
  await startVersion('ownVersion', 'written otherwise', '2.0.0');
  await host.start('ownVersion', 'same');
  expect(await host.ended('same')).toMatchObject({ output: { version: '2.0' } });
  for (const id of ['older', 'written otherwise']) {
    await until('the warning', () => warnings(id)[0]);
    expect(await host.status(id)).toMatchObject({ runtimeStatus: 'Pending' });
  }
});

describe('a wrong setting is refused with what is allowed', () => {
  test.each([
    [{ versionMatchStrategy: 'Newer' }, 'must be one of None, Strict, CurrentOrOlder'],
    [{ versionFailureStrategy: 7 }, 'must be one of Reject, Fail'],
    [{ defaultVersion: 2 }, 'defaultVersion must be text'],
  ])('%j', async (durableTask, message) => {
    await expect(run(durableTask)).rejects.toThrow(message);
  });
});
