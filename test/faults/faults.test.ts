import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ExportAnswer } from '../../lib/api/exports.ts';
import { Api, type Tenant } from '../e2e/support/api.ts';
import { type Backends, startBackends } from '../e2e/support/backends.ts';
import { download, unpack } from '../e2e/support/download.ts';
import { type Host, startHost } from '../e2e/support/host.ts';
import { manifestSchema } from '../e2e/support/manifest.ts';
import { makeOld, runTimer } from '../e2e/support/timers.ts';
import { sourceIds } from '../e2e/support/vendor-database.ts';
import { waitFor } from '../support/wait-for.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts';

let folder: string;
let backends: Backends;
let receiver: WebhookReceiver;
let host: Host;
let api: Api;
let alpha: Tenant;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-faults-'));
  [backends, receiver] = await Promise.all([startBackends(folder), startWebhookReceiver()]);
  await restart();
  alpha = await api.tenant(sourceIds.alpha);
  await api.webhook(alpha, { url: receiver.url });
});

afterAll(async () => {
  await host[Symbol.asyncDispose]();
  await receiver.stop();
  await backends[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

/** Starts the host on its old state, as a power cut's end would. */
async function restart(): Promise<void> {
  host = await startHost({ settings: backends.settings, folder });
  api = new Api(host.url, backends.operatorKey);
}

async function setFaults(faults: object): Promise<void> {
  const answer = await fetch(`${host.url}/admin/local-host/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(faults),
  });
  expect(answer.ok).toBe(true);
}

/** Every row of the generated table exactly once, and every file as the manifest says. */
async function expectComplete(done: ExportAnswer, rows: number): Promise<readonly string[]> {
  expect(done).toMatchObject({ status: 'ready', totals: { rows } });
  const { files } = await api.links(alpha, done.id);
  let [found, sum] = [0, 0];
  for (const file of files) {
    const text = unpack(file.name, await download(file)).toString('latin1');
    for (const line of text.split('\n').slice(1, -1)) {
      found++;
      sum += Number(line.slice(0, line.indexOf(',')));
    }
  }
  expect({ found, sum }).toEqual({ found: rows, sum: (rows * (rows + 1)) / 2 });
  return files.map(({ sha256 }) => sha256);
}

/** The answer may be lost in the crash; a client then asks again with the same Idempotency-Key. */
async function startThroughCrash(tables: readonly string[]): Promise<string> {
  const start = () =>
    api.call('POST', 'v1/exports', {
      key: alpha.key,
      json: { tables: tables.map((name) => ({ name })) },
      headers: { 'idempotency-key': key },
    });
  const key = randomUUID();
  const first = await start().catch(() => undefined);
  await host.ended;
  await restart();
  const answer = first ?? (await start());
  expect(answer.status).toBe(202);
  return answer.headers.get('location')?.split('/').at(-1) ?? '';
}

async function expectOneEvent(exportId: string): Promise<void> {
  const isOurs = (request: { readonly body: Buffer }) => request.body.includes(exportId);
  await receiver.next(isOurs, 90_000);
  const ids = receiver.requests.filter(isOurs).map(({ headers }) => headers['webhook-id']);
  expect(new Set(ids).size).toBe(1);
}

test('kill −9 in the middle of 2,000,000 rows, then a restart: the export ends ready and correct', async () => {
  const id = await api.start(alpha, ['rows_2000000']);
  await waitFor(
    'half of the rows',
    async () => ((await api.export(alpha, id)).progress.rows > 500_000 ? true : undefined),
    60_000,
  );
  await host.kill();
  await restart();
  const done = await api.finished(alpha, id, 240_000);
  await expectComplete(done, 2_000_000);
  await expectOneEvent(id);
});

test.each([true, 'concurrent'] as const)(
  'every activity run twice (%s): same bytes, one event',
  async (activityTwice) => {
    const once = await expectComplete(await api.run(alpha, ['rows_1000001']), 1_000_001);
    await setFaults({ activityTwice });
    const id = await api.start(alpha, ['rows_1000001']);
    const done = await api.finished(alpha, id, 120_000);
    await setFaults({});
    expect(await expectComplete(done, 1_000_001)).toEqual(once);
    await expectOneEvent(id);
  },
);

test('a lost result of each activity changes nothing but the time', async () => {
  for (const activity of [
    'planExport',
    'exportTable',
    'commitManifest',
    'announce',
    'attemptDelivery',
  ]) {
    await setFaults({ loseResult: { activity, times: 1 } });
    const id = await api.start(alpha, ['rows_1']);
    await expectComplete(await api.finished(alpha, id), 1);
    await expectOneEvent(id);
  }
  await setFaults({});
});

const steps = [
  'beforeActivityHandler',
  'afterActivityHandler',
  'beforeActivityCommit',
  'afterActivityCommit',
] as const;
const activities = [
  'planExport',
  'exportTable',
  'commitManifest',
  'announce',
  'attemptDelivery',
] as const;

describe('a crash at any step, then a restart: the export is complete and announced once', () => {
  test.each([
    ...activities.flatMap((name) => steps.map((step) => ({ step, name }))),
    ...['beforeEpisodeCommit', 'afterEpisodeCommit'].flatMap((step) =>
      ['exportInvocation', 'exportLane', 'webhookDelivery'].map((name) => ({ step, name })),
    ),
  ])('$step of $name', async ({ step, name }) => {
    await setFaults({ crashAt: { step, name, occurrence: 1 } });
    const id = await startThroughCrash(['rows_1', 'rows_0']);
    await expectComplete(await api.finished(alpha, id), 1);
    await expectOneEvent(id);
  });

  test('between the row and the start: the watchdog starts what was accepted', async () => {
    await setFaults({ crashAt: { step: 'beforeStartCommit', occurrence: 1 } });
    await api.start(alpha, ['rows_1']).catch(() => undefined);
    await host.ended;
    await restart();
    const listed = await api.call('GET', 'v1/exports?limit=1', { key: alpha.key });
    const { items } = JSON.parse(listed.text) as { items: readonly { id: string }[] };
    const id = items[0]?.id ?? '';
    expect((await api.export(alpha, id)).status).toBe('pending');
    await makeOld(backends.azurite, [id]);
    await runTimer(host.url, 'watchdog');
    await expectComplete(await api.finished(alpha, id), 1);
  });
});

test('the storage stops for ten seconds in the middle: the export recovers, and no row is missing', async () => {
  const id = await api.start(alpha, ['rows_2000000', 'rows_1']);
  await waitFor(
    'some rows',
    async () => ((await api.export(alpha, id)).progress.rows > 200_000 ? true : undefined),
    60_000,
  );
  await backends.azurite.pause();
  await delay(10_000);
  await backends.azurite.resume();
  const done = await api.finished(alpha, id, 180_000);
  expect(done.status).toBe('ready');
  const manifest = await api.call('GET', `v1/exports/${id}/manifest`, { key: alpha.key });
  const { tables } = manifestSchema.parse(JSON.parse(manifest.text));
  expect(tables.map(({ name, rows }) => [name, rows])).toEqual([
    ['rows_2000000', 2_000_000],
    ['rows_1', 1],
  ]);
  await expectOneEvent(id);
});

test('while the storage is away requests get 503 and say when to come back; nothing is half done', async () => {
  await backends.azurite.pause();
  const answer = await api.call('POST', 'v1/exports', { key: alpha.key, json: { tables: 'all' } });
  answer.problem(503, 'storage_unavailable');
  expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
  const ready = await api.call('GET', 'health/ready');
  expect(ready.status).toBe(503);
  expect(ready.text).toContain('state_storage');
  await backends.azurite.resume();
  await waitFor(
    'readiness',
    async () => ((await api.call('GET', 'health/ready')).status === 200 ? true : undefined),
    30_000,
  );
});

test('the watchdog runs every minute, asked or not', async () => {
  const runs = async () =>
    (await readFile(join(folder, 'host.log'), 'utf8')).split('queue measured').length - 1;
  // One run was asked for above; without it two more minutes bring two.
  await waitFor('two runs', async () => ((await runs()) > 1 ? true : undefined), 150_000);
});
