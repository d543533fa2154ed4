import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { byEpisode, byHistory } from './support/compare.ts';
import { freshFolder, type HostProcess, startHostProcess } from './support/host-process.ts';
import { send } from './support/http-requests.ts';
import { normalize } from './support/normalize.ts';
import { recorderClient } from './support/recorder-client.ts';
import { type DriveResults, driveAll } from './support/scenarios.ts';
import { type InstanceTrace, instanceTraces, readTrace, timerCalls } from './support/trace.ts';
import { until } from './support/until.ts';

const golden = resolve(import.meta.dirname, '../fixtures/golden');
const app = resolve(import.meta.dirname, '../fixtures/recorder');
const otherRecordings = ['client.json', 'http.json', 'timer.json'];
const instanceRecordings = readdirSync(golden).filter((file) => !otherRecordings.includes(file));
/** Their completions arrive together, so their episodes have no fixed borders: compared by history. */
const withoutFixedEpisodes = ['g-fan.json', 'g-subfan.json', 'g-allfailretry.json'];

const folder = freshFolder();
const traceFile = join(folder.path, 'trace.jsonl');
let host: HostProcess;
let results: DriveResults;
let traces: ReadonlyMap<string, InstanceTrace>;

beforeAll(async () => {
  const environment = { GOLDEN_OUT: traceFile };
  host = await startHostProcess({ app, folder: folder.path, environment, flags: ['--lenient'] });
  results = await driveAll(recorderClient(host.url));
  traces = instanceTraces(readTrace(traceFile));
}, 90_000);

afterAll(async () => {
  await host.kill('SIGTERM');
  folder.remove();
});

describe('an instance runs here as it was recorded on the real host', () => {
  test.each(instanceRecordings)('%s', (file) => {
    const recorded = readRecording<InstanceTrace>(file);
    const instanceId = file.startsWith('child-of-') ? childIdOf('g-subauto') : recorded.instanceId;
    const ours = traces.get(instanceId);
    expect(ours, 'the scenario was driven').toBeDefined();
    if (ours === undefined) return;
    const status = recorded.status === undefined ? undefined : results.statuses.get(instanceId);
    const shape = withoutFixedEpisodes.includes(file) ? byHistory : byEpisode;
    expect(shape({ ...ours, status })).toEqual(shape({ ...recorded, status: recorded.status }));
  });
});

test('no recording is left out', () => {
  const folderFiles = readdirSync(golden).toSorted();
  expect([...instanceRecordings, ...otherRecordings].toSorted()).toEqual(folderFiles);
  expect(instanceRecordings.length).toBe(47);
});

test('an instance with a version is not touched by a host without one', () => {
  expect(traces.has('g-own-version')).toBe(false);
});

test('a sub-orchestration without an id is named after its parent execution', () => {
  const started = traces.get('g-subauto')?.episodes[0]?.trigger.history[1];
  const { ExecutionId } = (started?.['OrchestrationInstance'] ?? {}) as { ExecutionId?: string };
  expect(childIdOf('g-subauto')).toBe(`${ExecutionId}:0`);
});

describe('a client call leads to what it led to on the real host', () => {
  const recorded = readRecording<Record<string, unknown>>('client.json');
  test.each(Object.keys(recorded))('%s', (name) => {
    expect(normalize(results.client[name])).toEqual(normalize(recorded[name]));
  });
});

interface HttpRecording {
  readonly request: { readonly method: string; readonly path: string };
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

describe('an HTTP request is answered as on the real host', () => {
  const recorded = readRecording<Record<string, HttpRecording>>('http.json');
  test.each(Object.entries(recorded))('%s', async (name, recording) => {
    const { method, path } = recording.request;
    const headers = echoedHeaders(recording, new URL(host.url).host);
    const ours = await send(
      `${host.url}${path}`,
      method,
      headers,
      name === 'post' ? 'hello' : undefined,
    );
    if (name === 'root') {
      // The page itself is the host's own; only its kind is promised.
      expect([ours.status, ours.headers['content-type']]).toEqual([200, 'text/html']);
      return;
    }
    expect(ours.status).toBe(recording.status);
    expect(ours.headers).toEqual(recording.headers);
    const body = normalize(ours.body);
    const expected = name === 'urls' ? String(body).slice(0, cutAt(recording, String(body))) : body;
    expect(expected).toEqual(normalize(recording.body));
  });
});

test('a timer function is called on time with what the real host gives it', async () => {
  const recorded = readRecording<unknown[]>('timer.json');
  const calls = await until('two ticks', () => {
    const seen = timerCalls(readTrace(traceFile));
    return seen.length >= 2 ? seen : undefined;
  });
  for (const call of calls) expect(call).toEqual(recorded[0]);
});

function readRecording<T>(file: string): T {
  return JSON.parse(readFileSync(join(golden, file), 'utf8'));
}

function childIdOf(parentId: string): string {
  const created = traces
    .get(parentId)
    ?.episodes.at(-1)
    ?.trigger.history.find((event) => event.EventType === 7);
  return String(created?.['InstanceId']);
}

function echoedHeaders({ body }: HttpRecording, host: string): Readonly<Record<string, string>> {
  const echo = body.startsWith('{"method"') ? JSON.parse(body).headers : {};
  return { connection: 'keep-alive', ...echo, host };
}

/** The recording of the links was cut at 1,500 characters, before its keys became placeholders. */
function cutAt(recording: HttpRecording, ours: string): number {
  return Math.min(String(normalize(recording.body)).length, ours.length);
}
