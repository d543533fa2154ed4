import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freshFolder } from './support/host-process.ts';
import { openGate, startTrialHost, type TrialHost, traceLines } from './support/trial-host.ts';
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

const raise = (id: string, event: string, value: unknown) =>
  host.instances(`/${id}/raiseEvent/${event}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(value),
  });
const post = (path: string) => host.instances(path, { method: 'POST' });

test('an event raised while suspended is delivered after the resume', async () => {
  await host.start('twoEvents', 'paused');
  await host.inState('paused', 'Running');
  expect((await post('/paused/suspend?reason=wait')).status).toBe(202);
  expect(await host.inState('paused', 'Suspended')).toMatchObject({ output: 'wait' });
  await raise('paused', 'go', 1);
  await raise('paused', 'go', 2);
  await until('both events in the history', async () => {
    const events = (await host.status('paused'))?.historyEvents ?? [];
    return events.filter(({ EventType }) => EventType === 'EventRaised').length === 2
      ? true
      : undefined;
  });
  expect(await host.status('paused')).toMatchObject({ runtimeStatus: 'Suspended' });
  await post('/paused/resume?reason=on');
  expect(await host.ended('paused')).toMatchObject({ runtimeStatus: 'Completed', output: [1, 2] });
});

test('events nobody waits for yet are kept, in order, also across continue-as-new', async () => {
  await host.start('collector', 'early', { got: [] });
  await host.inState('early', 'Running');
  for (const value of ['a', 'b', 'c']) await raise('early', 'item', value);
  openGate(folder.path);
  expect(await host.ended('early')).toMatchObject({ output: ['a', 'b', 'c'] });
});

test('a terminated instance ends with the reason and takes no more events', async () => {
  await host.start('twoEvents', 'doomed');
  await host.inState('doomed', 'Running');
  await post('/doomed/terminate?reason=enough');
  expect(await host.ended('doomed')).toMatchObject({
    runtimeStatus: 'Terminated',
    output: 'enough',
  });
  expect((await raise('doomed', 'go', 1)).status).toBe(410);
});

test('a suspended instance can be terminated', async () => {
  await host.start('twoEvents', 'doubly');
  await host.inState('doubly', 'Running');
  await post('/doubly/suspend?reason=x');
  await host.inState('doubly', 'Suspended');
  await post('/doubly/terminate?reason=y');
  expect(await host.ended('doubly')).toMatchObject({ runtimeStatus: 'Terminated', output: 'y' });
});

test('instances are listed by state, prefix and time, page by page', async () => {
  for (const name of ['list-a', 'list-b', 'list-c']) {
    await host.start('echoInput', name, { name });
    await host.ended(name);
  }
  const first = await host.instances('/?instanceIdPrefix=list-&top=2&showInput=false');
  const token = first.headers.get('x-ms-continuation-token') ?? '';
  expect(await first.json()).toMatchObject([
    { instanceId: 'list-a', input: null, output: { name: 'list-a' } },
    { instanceId: 'list-b', input: null },
  ]);
  const second = await host.instances('/?instanceIdPrefix=list-&top=2', {
    headers: { 'x-ms-continuation-token': token },
  });
  expect(await second.json()).toMatchObject([{ instanceId: 'list-c', input: { name: 'list-c' } }]);
  expect(second.headers.get('x-ms-continuation-token')).toBeNull();
  const none = await host.instances('/?instanceIdPrefix=list-&runtimeStatus=Running,Failed');
  expect(await none.json()).toEqual([]);
  const future = await host.instances(
    '/?instanceIdPrefix=list-&createdTimeFrom=2100-01-01T00:00:00Z',
  );
  expect(await future.json()).toEqual([]);
});

test('the client of the library lists by state', async () => {
  await host.start('echoInput', 'listed', {});
  await host.ended('listed');
  const { result } = (await (await fetch(`${host.url}/list?status=Completed`)).json()) as {
    result: { instanceId: string; runtimeStatus: string }[];
  };
  expect(result.map(({ instanceId }) => instanceId)).toContain('listed');
  expect(new Set(result.map(({ runtimeStatus }) => runtimeStatus))).toEqual(new Set(['Completed']));
});

test('purging by filter takes only finished instances and needs a time', async () => {
  await host.start('echoInput', 'purge-done', {});
  await host.ended('purge-done');
  await host.start('twoEvents', 'purge-open');
  await host.inState('purge-open', 'Running');
  expect((await host.instances('/', { method: 'DELETE' })).status).toBe(400);
  const filter = '/?createdTimeFrom=2000-01-01T00:00:00Z&instanceIdPrefix=purge-';
  const response = await host.instances(filter, { method: 'DELETE' });
  expect(await response.json()).toEqual({ instancesDeleted: 1 });
  expect(await host.status('purge-done')).toBeUndefined();
  expect(await host.status('purge-open')).toMatchObject({ runtimeStatus: 'Running' });
  expect((await host.instances(filter, { method: 'DELETE' })).status).toBe(404);
});

test('restart runs the same orchestrator with the same input, under a new id or the old one', async () => {
  await host.start('echoInput', 'again', { n: 7 });
  await host.ended('again');
  const renewed = (await (await post('/again/restart')).json()) as { id: string };
  expect(renewed.id).toMatch(/^[0-9a-f]{32}$/);
  expect(await host.ended(renewed.id)).toMatchObject({ name: 'echoInput', output: { n: 7 } });
  const same = await post('/again/restart?restartWithNewInstanceId=false');
  expect(await same.json()).toMatchObject({ id: 'again' });
});

test('a finished instance answers 200, a running one 202 with where to look, a failed one 500 on request', async () => {
  await host.start('echoInput', 'codes', {});
  await host.ended('codes');
  expect((await host.instances('/codes')).status).toBe(200);
  await host.start('twoEvents', 'codes-open');
  const open = await host.instances('/codes-open');
  expect([open.status, open.headers.get('retry-after')]).toEqual([202, '5']);
  expect(open.headers.get('location')).toContain(
    '/instances/codes-open?taskHub=TrialHub&connection=Storage&code=',
  );
  await host.start('bigStatus', 'codes-failed');
  await host.ended('codes-failed');
  expect((await host.instances('/codes-failed')).status).toBe(200);
  expect(
    (await host.instances('/codes-failed?returnInternalServerErrorOnFailure=true')).status,
  ).toBe(500);
});

test('the history shows what ran, with results where asked for', async () => {
  await host.start('threeSteps', 'shown');
  const { historyEvents } = await host.ended('shown');
  expect(historyEvents?.map(({ EventType, FunctionName }) => [EventType, FunctionName])).toEqual([
    ['ExecutionStarted', 'threeSteps'],
    ['TaskCompleted', 'step'],
    ['TaskCompleted', 'step'],
    ['TaskCompleted', 'step'],
    ['ExecutionCompleted', undefined],
  ]);
  expect(historyEvents?.[1]).toMatchObject({ Result: { done: 'shown-one' } });
});

describe('rewind', () => {
  test('is refused for an instance that has not failed, and for none at all', async () => {
    await host.start('echoInput', 'sound', {});
    await host.ended('sound');
    expect((await post('/sound/rewind?reason=x')).status).toBe(412);
    expect((await post('/nobody/rewind?reason=x')).status).toBe(404);
  });

  test('runs the failed step of a failed child again, and the parent goes on', async () => {
    await host.start('heals', 'ill');
    expect(await host.ended('ill')).toMatchObject({ runtimeStatus: 'Failed' });
    const healthy = { folder: folder.path, environment: { TRIAL_HEALED: 'yes' } };
    await host.process.kill('SIGTERM');
    host = await startTrialHost(healthy);
    await post('/ill/rewind?reason=healed');
    expect(await host.ended('ill')).toMatchObject({
      runtimeStatus: 'Completed',
      output: { child: 'healed ill-c' },
    });
  });
});

test('calls from outside need the system key, which stays the same over a restart', async () => {
  const url = `${host.url}/runtime/webhooks/durabletask/instances/sound`;
  expect((await fetch(url)).status).toBe(401);
  expect((await fetch(`${url}?code=wrong`)).status).toBe(401);
  const before = await (await fetch(`${host.url}/links`)).json();
  await host.process.kill('SIGKILL');
  host = await startTrialHost({ folder: folder.path });
  const after = await (await fetch(`${host.url}/links`)).json();
  const codeOf = (links: unknown) =>
    new URL((links as { statusQueryGetUri: string }).statusQueryGetUri).searchParams.get('code');
  expect(codeOf(after)).toBe(codeOf(before));
});

test('no more activities run at once than host.json allows', async () => {
  const limited = freshFolder();
  const other = await startTrialHost({ folder: limited.path });
  await other.start('manyGatedSteps', 'many');
  await until('three activities', () => (traceLines(limited.path).length >= 3 ? true : undefined));
  // A fourth would have begun by now: its status call comes after a full turn of the host's event loop.
  await other.status('many');
  expect(traceLines(limited.path).filter((line) => line.startsWith('begin'))).toHaveLength(3);
  openGate(limited.path);
  await other.ended('many');
  expect(traceLines(limited.path).filter((line) => line.startsWith('end'))).toHaveLength(7);
  await other.process.kill('SIGTERM');
  limited.remove();
});
