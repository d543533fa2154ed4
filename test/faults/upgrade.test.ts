import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { deliveryListAnswer } from '../../lib/api/webhooks.ts';
import { type HostProcess, startHostProcess } from '../conformance/support/host-process.ts';
import { makeRelease } from '../conformance/support/release.ts';
import { Api, type Tenant } from '../e2e/support/api.ts';
import { type Backends, startBackends } from '../e2e/support/backends.ts';
import { readCsv } from '../e2e/support/download.ts';
import { makeOld, runTimer } from '../e2e/support/timers.ts';
import { sourceIds } from '../e2e/support/vendor-database.ts';
import { waitFor } from '../support/wait-for.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts';

const app = resolve(import.meta.dirname, '../..');
/** Nine is less than ten, but not as text. */
const [older, newer] = ['1.9', '1.10'];

let folder: string;
let backends: Backends;
let receiver: WebhookReceiver;
let receiverStatus: number;
let host: HostProcess;
let api: Api;
let alpha: Tenant;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-upgrade-'));
  backends = await startBackends(folder);
  receiver = await startWebhookReceiver({ answer: () => ({ status: receiverStatus }) });
  await run(older);
});

afterAll(async () => {
  await host.kill('SIGTERM');
  await receiver.stop();
  await backends[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  receiverStatus = 204;
  await replaceBy(older);
  alpha = await api.tenant(sourceIds.alpha);
});

/** Starts the app as the release of this version, on the state that the one before left. */
async function run(defaultVersion: string, faults: object = {}): Promise<void> {
  host = await startHostProcess({
    app: makeRelease(app, folder, { defaultVersion }),
    folder,
    environment: backends.settings,
    flags: ['--faults', JSON.stringify(faults)],
  });
  api = new Api(host.url, backends.operatorKey);
}

/** The running release dies as in a power cut. */
async function replaceBy(defaultVersion: string, faults: object = {}): Promise<void> {
  await host.kill('SIGKILL');
  await run(defaultVersion, faults);
}

interface InstanceRow {
  readonly id: string;
  readonly version: string;
  readonly status: string;
  readonly executionId: string;
}

/** The instances whose ids begin so, as the state file has them. */
function instances(prefix: string): readonly InstanceRow[] {
  return query(
    `select id, version, status, execution_id as executionId from instances
     where substr(id, 1, length(?)) = ? order by id`,
    [prefix, prefix],
  ) as unknown as readonly InstanceRow[];
}

function waitingMessages(id: string): number {
  return query('select position from messages where instance_id = ?', [id]).length;
}

function query(sql: string, values: readonly string[]) {
  const database = new DatabaseSync(join(folder, 'host.sqlite'), { readOnly: true });
  try {
    return database.prepare(sql).all(...values);
  } finally {
    database.close();
  }
}

const tables = ['slow', 'people', 'nothing_yet', 'rows_1', 'rows_0', 'all_types'];

/** An export whose slow table is under way while the others of the first round are done. */
async function startAndReachLanes(): Promise<string> {
  const id = await api.start(alpha, tables);
  await waitFor(
    'the quick tables',
    async () => ((await api.export(alpha, id)).progress.tablesDone >= 3 ? true : undefined),
    60_000,
  );
  return id;
}

/** All rows, one manifest of one revision, and no file that it does not name. */
async function expectComplete(id: string): Promise<void> {
  const done = await api.finished(alpha, id, 120_000);
  expect(done).toMatchObject({ status: 'ready', attempt: 1, manifest: { revision: 1 } });
  expect(done.totals).toMatchObject({ tables: 6, rows: 100_000 + 3 + 0 + 1 + 0 + 1 });
  const { files } = await api.links(alpha, id);
  const slow = files.find(({ name }) => name.startsWith('slow'));
  if (slow === undefined) throw new TypeError('No file of the slow table.');
  const { records } = await readCsv(slow);
  expect(new Set(records.map(([key]) => key)).size).toBe(100_000);
  const names = await blobNames(id);
  expect(names.filter((name) => name.startsWith('manifest.'))).toEqual([
    'manifest.json',
    'manifest.jws',
  ]);
  expect(names.toSorted()).toEqual(
    [...files.map(({ name }) => name), 'manifest.json', 'manifest.jws', 'schema.json'].toSorted(),
  );
}

async function blobNames(id: string): Promise<readonly string[]> {
  const blobs = BlobServiceClient.fromConnectionString(backends.azurite.connectionString);
  const names: string[] = [];
  for await (const { name } of blobs.getContainerClient(`exp-${id}`).listBlobsFlat()) {
    names.push(name);
  }
  return names;
}

describe('an upgrade meets a running export', () => {
  test('in its lanes: it ends complete and stays of its version; what begins now is of the new one', async () => {
    const id = await startAndReachLanes();
    await replaceBy(newer);
    expect(instances(id)[0]).toMatchObject({ id, status: 'Running', version: older });
    await expectComplete(id);
    const next = await api.run(alpha, ['people', 'rows_1']);
    expect(versionsOf(id)).toEqual([older, older, older, older, older]);
    expect(versionsOf(next.id)).toEqual([newer, newer, newer]);
  });

  test('before its lanes: they get its version, so that the old release could still finish it', async () => {
    const crashAt = { step: 'afterActivityCommit', name: 'planExport', occurrence: 1 };
    await replaceBy(older, { crashAt });
    const id = await api.start(alpha, tables).catch(() => undefined);
    expect(await host.ended).toBe('SIGKILL');
    await run(newer);
    const found = id ?? (await newestExport());
    await waitFor(
      'the lanes',
      async () => (instances(found).length === 5 ? true : undefined),
      30_000,
    );
    expect(versionsOf(found)).toEqual([older, older, older, older, older]);
    await replaceBy(older);
    await expectComplete(found);
  });
});

function versionsOf(exportId: string): readonly string[] {
  return instances(exportId).map(({ version }) => version);
}

async function newestExport(): Promise<string> {
  const { text } = await api.call('GET', 'v1/exports?limit=1', { key: alpha.key });
  const { items } = JSON.parse(text) as { items: readonly { id: string }[] };
  return items[0]?.id ?? '';
}

test('a rollback leaves a running export alone, the watchdog too, and it ends when the new release returns', async () => {
  await replaceBy(newer, { crashAt: { step: 'beforeStartCommit', occurrence: 1 } });
  await api.start(alpha, ['rows_1']).catch(() => undefined);
  expect(await host.ended).toBe('SIGKILL');
  await run(newer);
  const lost = await newestExport();
  const id = await startAndReachLanes();
  await replaceBy(older);
  const before = instances(id);
  expect(before.map(({ version, status }) => `${version} ${status}`)).toContain(`${newer} Running`);
  // The slow table goes on, for activities have no version; its lane may not take the result.
  const lane = `${id}-run-1-lane-0`;
  await waitFor('word of it in the log', async () => leftAlone(lane)[0], 60_000);
  // The watchdog looks at the newest first: when the lost one has been started, it has seen this one.
  await makeOld(backends.azurite, [lost, id]);
  await runTimer(host.url, 'watchdog');
  expect(await api.finished(alpha, lost, 60_000)).toMatchObject({ status: 'ready' });
  expect(versionsOf(lost)).toEqual([older, older]);
  expect(await api.export(alpha, id)).toMatchObject({ status: 'processing', attempt: 1 });
  expect(instances(id).map(({ executionId }) => executionId)).toEqual(
    before.map(({ executionId }) => executionId),
  );
  const restarted = logLines('watchdog restarts an export');
  expect(restarted.filter((line) => line.includes(lost))).toHaveLength(1);
  expect(restarted.filter((line) => line.includes(id))).toEqual([]);
  expect([leftAlone(lane).length, waitingMessages(lane)]).toEqual([1, 1]);
  await replaceBy(newer);
  await expectComplete(id);
});

function logLines(part: string): readonly string[] {
  return host
    .output()
    .split('\n')
    .filter((line) => line.includes(part));
}

function leftAlone(instanceId: string): readonly string[] {
  return logLines('left alone').filter((line) => line.includes(`(${instanceId})`));
}

describe('a delivery that waits between attempts', () => {
  test('goes on after an upgrade', async () => {
    const { endpointId, instanceId } = await startFailingDelivery();
    receiverStatus = 204;
    await replaceBy(newer);
    await expectDelivered(endpointId);
    expect(instances(instanceId)).toMatchObject([{ version: older }]);
  });

  test('waits through a rollback, is not sent meanwhile, and goes on afterwards', async () => {
    await replaceBy(newer);
    const { endpointId, instanceId } = await startFailingDelivery();
    receiverStatus = 204;
    const sent = receiver.requests.length;
    await replaceBy(older);
    await waitFor(
      'its timer to fire',
      async () => (waitingMessages(instanceId) === 1 ? true : undefined),
      30_000,
    );
    await waitFor('word of it in the log', async () => leftAlone(instanceId)[0], 30_000);
    expect(receiver.requests).toHaveLength(sent);
    expect(instances(instanceId)).toMatchObject([{ version: newer, status: 'Running' }]);
    await replaceBy(newer);
    await expectDelivered(endpointId);
  });
});

/** An export is told of to a receiver that fails; the first attempt has been made. */
async function startFailingDelivery(): Promise<{ endpointId: string; instanceId: string }> {
  receiverStatus = 500;
  const { id: endpointId } = await api.webhook(alpha, { url: receiver.url });
  await api.run(alpha, ['rows_1']);
  const first = await waitFor(
    'a failed attempt',
    async () => (await deliveries(endpointId)).find(({ attempts }) => attempts.length === 1),
    30_000,
  );
  const instanceId = `delivery-${first.id}`;
  const isWaiting = async () =>
    query('select 1 from timers where instance_id = ?', [instanceId]).length === 1
      ? true
      : undefined;
  await waitFor('the wait', isWaiting, 30_000);
  return { endpointId, instanceId };
}

async function deliveries(endpointId: string) {
  const path = `v1/webhooks/${endpointId}/deliveries`;
  const { items } = (await api.call('GET', path, { key: alpha.key })).as(deliveryListAnswer);
  // The call for consent stands there too.
  return items.filter(({ type }) => type !== 'webhook.validation');
}

async function expectDelivered(endpointId: string): Promise<void> {
  const [delivery, ...others] = await waitFor(
    'the second attempt',
    async () => {
      const found = await deliveries(endpointId);
      return found.every(({ status }) => status === 'delivered') ? found : undefined;
    },
    60_000,
  );
  expect(others).toEqual([]);
  expect(delivery?.attempts.map(({ status }) => status)).toEqual([500, 204]);
}
