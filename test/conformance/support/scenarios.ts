import type { RecorderAnswer, RecorderClient } from './recorder-client.ts';

/** What driving the recorder app gave, by the names that the recordings use. */
export interface DriveResults {
  /** Final status of each instance, as seen at the time the recording took it. */
  readonly statuses: ReadonlyMap<string, unknown>;
  /** Answers to the client calls of client.json. */
  readonly client: Readonly<Record<string, unknown>>;
}

const simpleScenarios = [
  'seq',
  'inputKinds',
  'outputKinds',
  'own',
  'retString',
  'retUndef',
  'fan',
  'fanSlow',
  'retryOk',
  'retryOut',
  'fail',
  'failString',
  'orchThrows',
  'subOk',
  'subAuto',
  'subFail',
  'subRetry',
  'subFan',
  'timer',
  'timerPast',
  'anyTimer',
  'loop',
  'status',
  'allFailPlain',
  'emptyAll',
  'allFailRetry',
  'retryTimeout',
  'anyTwice',
] as const;

const inputs: Readonly<Record<string, unknown>> = { loop: { n: 1 }, own: { hello: 'world' } };
const inputKinds = { str: 'text', num: 3, obj: { a: 1 }, arr: [1], nul: null, jsonstr: '{"a":1}' };

/** Runs every recorded scenario, one after the other, as the recording did. */
export async function driveAll(client: RecorderClient): Promise<DriveResults> {
  const statuses = new Map<string, unknown>();
  const keep = (id: string, { r }: RecorderAnswer) => statuses.set(id, r);
  for (const name of simpleScenarios) {
    const id = `g-${name.toLowerCase()}`;
    await client.post(`/api/start/${name}/${id}`, inputs[name]);
    keep(id, await client.ended(id));
  }
  await client.post('/api/start/failMissing/g-failmissing');
  keep('g-failmissing', await client.inState('g-failmissing', 'Running'));
  for (const [kind, input] of Object.entries(inputKinds)) {
    await client.post(`/api/start/own/g-own-${kind}`, input);
    keep(`g-own-${kind}`, await client.ended(`g-own-${kind}`));
  }
  const eventCalls = await driveEvents(client, keep);
  const lifeCalls = await driveLifeCycle(client, keep);
  return { statuses, client: { ...lifeCalls, ...eventCalls } };
}

type Keep = (id: string, answer: RecorderAnswer) => void;

async function driveEvents(client: RecorderClient, keep: Keep): Promise<Record<string, unknown>> {
  const open = async (name: string, input?: unknown) => {
    const id = `g-${name.toLowerCase()}`;
    await client.post(`/api/start/${name}/${id}`, input);
    await client.inState(id, 'Running');
    return id;
  };
  const any = await open('anyEvent');
  const anyEventRaise = await client.post(`/api/call/raise/${any}?event=go`, { v: 1 });
  keep(any, await client.ended(any));
  const two = await open('twoEvents');
  await client.post(`/api/call/raise/${two}?event=go`, 'first');
  await client.post(`/api/call/raise/${two}?event=go`, 'second');
  keep(two, await client.ended(two));
  const loop = await open('loopEvents', { got: [] });
  for (const item of [1, 2, 3]) await client.post(`/api/call/raise/${loop}?event=item`, item);
  keep(loop, await client.ended(loop));
  return { anyEventRaise };
}

async function driveLifeCycle(
  client: RecorderClient,
  keep: Keep,
): Promise<Record<string, unknown>> {
  const { post } = client;
  await post('/api/start/waitLong/g-wait');
  await client.inState('g-wait', 'Running');
  const dupRunning = await post('/api/start/waitLong/g-wait');
  const suspend = await post('/api/call/suspend/g-wait');
  const suspended = await client.inState('g-wait', 'Suspended');
  const resume = await post('/api/call/resume/g-wait');
  const resumed = await client.inState('g-wait', 'Running');
  const purgeRunning = await post('/api/call/purge/g-wait');
  const terminate = await post('/api/call/terminate/g-wait');
  const terminated = { end: await client.ended('g-wait') };
  keep('g-wait', terminated.end);
  const finished = {
    terminateAgain: await post('/api/call/terminate/g-wait'),
    raiseFinished: await post('/api/call/raise/g-wait?event=x', 1),
    suspendFinished: await post('/api/call/suspend/g-wait'),
    raiseUnknown: await post('/api/call/raise/g-nope?event=x', 1),
    statusUnknown: await client.status('g-nope'),
    purgeUnknown: await post('/api/call/purge/g-nope'),
    terminateUnknown: await post('/api/call/terminate/g-nope'),
  };
  const dupFinished = await post('/api/start/seq/g-seq');
  await client.ended('g-seq');
  const purge = await post('/api/call/purge/g-seq');
  const afterPurge = await client.status('g-seq');
  const startUnknown = await post('/api/start/noSuch/g-nosuch');
  const badId = await post('/api/start/seq/a%23b');
  await client.ended('a');
  const rewindFailed = await post('/api/call/rewind/g-orchthrows');
  await client.ended('g-orchthrows');
  const versioned = await post('/api/start/own/g-own-version?version=2.0');
  // The recorded host had no version of its own, so it never touched this one.
  await client.inState('g-own-version', 'Pending');
  return {
    ...{ dupRunning, suspend, suspended, resume, resumed, purgeRunning, terminate, terminated },
    ...finished,
    ...{ dupFinished, purge, afterPurge, startUnknown, badId, rewindFailed, versioned },
  };
}
