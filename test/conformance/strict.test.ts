import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freshFolder } from './support/host-process.ts';
import { startTrialHost, type TrialHost } from './support/trial-host.ts';
import { until } from './support/until.ts';

const folder = freshFolder();
let host: TrialHost;

beforeAll(async () => {
  host = await startTrialHost({ folder: folder.path });
});

afterAll(async () => {
  await host.process.kill('SIGTERM');
  folder.remove();
});

describe('a pattern that breaks on Azure fails the instance and says so on the console', () => {
  test.each([
    ['retryTimeout', 'retryTimeoutInMilliseconds makes an orchestration hang'],
    ['mixedFailure', 'a child of Task.all failed while a sibling with retry was still pending'],
    ['anyTwice', 'a task that had been yielded before was put into another compound task'],
    ['finishedChildren', 'a finished one never completes the compound'],
    ['unknownActivity', "activity 'noSuchActivity' is not registered"],
    ['changesItsMind', 'Non-deterministic workflow detected'],
    ['changesNames', 'Non-deterministic workflow detected'],
    ['bigInput', "the input of 'text' has"],
    ['bigResult', 'a result or event has 1100002 bytes, 1048576 are allowed'],
    ['bigOutput', 'the output of the orchestrator has 1100002 bytes'],
    ['bigStatus', 'the custom status has 18004 bytes in UTF-16, 16384 are allowed'],
    ['badChildId', 'sub-orchestration id: the instance id holds "/"'],
    [
      'stolenChildId',
      "sub-orchestration id 'bad-stolenChildId' belongs to an instance that is still running",
    ],
  ])('%s', async (name, message) => {
    await host.start(name, `bad-${name}`);
    const { runtimeStatus, output } = await host.ended(`bad-${name}`);
    expect({ runtimeStatus, output }).toEqual({
      runtimeStatus: 'Failed',
      output: expect.stringContaining(message),
    });
    await until('the console', () =>
      host.process.output().includes(`bad-${name}) failed: `) ? true : undefined,
    );
  });
});

test('an orchestrator that is not registered is accepted and then fails', async () => {
  expect((await host.start('noSuchOrchestrator', 'unknown')).status).toBe(200);
  expect(await host.ended('unknown')).toMatchObject({
    runtimeStatus: 'Failed',
    output: expect.stringContaining("The function 'noSuchOrchestrator' doesn't exist"),
  });
});

test('an event under another spelling would never reach the orchestrator, so it fails at once', async () => {
  await host.start('twoEvents', 'misspelt');
  await host.inState('misspelt', 'Running');
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '1' };
  await host.instances('/misspelt/raiseEvent/go', init);
  await host.instances('/misspelt/raiseEvent/GO', init);
  expect(await host.ended('misspelt')).toMatchObject({
    runtimeStatus: 'Failed',
    output: expect.stringContaining('only under the exact name it waits for'),
  });
});

test('waiting for one event in several Task.any is no mistake', async () => {
  await host.start('patientEvent', 'patient');
  await host.inState('patient', 'Running');
  const init = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '"at last"',
  };
  await until('the second wait', async () => {
    const events = (await host.status('patient'))?.historyEvents ?? [];
    return events.some(({ EventType }) => EventType === 'TimerFired') ? true : undefined;
  });
  await host.instances('/patient/raiseEvent/go', init);
  expect(await host.ended('patient')).toMatchObject({
    runtimeStatus: 'Completed',
    output: 'at last',
  });
});

test('two equal calls are not taken for the same task', async () => {
  await host.start('equalCalls', 'equal');
  expect(await host.ended('equal')).toMatchObject({ runtimeStatus: 'Completed', output: 'fine' });
});

describe('an instance id that Azure would refuse is refused', () => {
  test.each([
    ['x'.repeat(101), 'has 101 characters, 100 are allowed'],
    ['@id', 'must not start with @'],
    ['später', 'printable ASCII'],
    ['a\tb', 'printable ASCII'],
  ])('%j', async (id, message) => {
    const response = await startByApi(id, '{}');
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ Message: expect.stringContaining(message) });
  });

  test('100 characters are taken', async () => {
    expect((await startByApi('y'.repeat(100), '{}')).status).toBe(202);
  });
});

test('an input or event over 1 MB is refused, one of exactly 1 MB is taken', async () => {
  const json = (bytes: number) => JSON.stringify('x'.repeat(bytes - 2));
  expect((await startByApi('big', json(1_048_577))).status).toBe(400);
  expect((await startByApi('fits', json(1_048_576))).status).toBe(202);
  await host.start('twoEvents', 'eventful');
  await host.inState('eventful', 'Running');
  const init = (bytes: number) => ({
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: json(bytes),
  });
  expect((await host.instances('/eventful/raiseEvent/go', init(1_048_577))).status).toBe(400);
  expect((await host.instances('/eventful/raiseEvent/go', init(1_048_576))).status).toBe(202);
});

async function startByApi(id: string, body: string): Promise<Response> {
  return await host.instances(`/../orchestrators/echoInput/${encodeURIComponent(id)}`, {
    method: 'POST',
    body,
  });
}
