import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import type { ExportAnswer } from '../../lib/api/exports.ts';
import { Api, type Tenant } from '../e2e/support/api.ts';
import { type Backends, startBackends } from '../e2e/support/backends.ts';
import { type Host, startHost } from '../e2e/support/host.ts';
import { sourceIds } from '../e2e/support/vendor-database.ts';
import { withClient } from '../support/postgres.ts';
import { waitFor } from '../support/wait-for.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts';

/** Minutes: what broke is seen by the watchdog's next look after one minute. */
const soonMs = 180_000;

let folder: string;
let backends: Backends;
let receiver: WebhookReceiver;
let receiverStatus = 204;
let host: Host;
let api: Api;
let alpha: Tenant;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-broken-'));
  [backends, receiver] = await Promise.all([
    startBackends(folder),
    startWebhookReceiver({ answer: () => ({ status: receiverStatus }) }),
  ]);
  await addLongTable();
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

/** The third death of a worker ends the host, so each test has one of its own. */
beforeEach(async () => {
  await host.kill();
  await restart();
});

async function restart(): Promise<void> {
  host = await startHost({ settings: backends.settings, folder });
  api = new Api(host.url, backends.operatorKey);
}

/** 600 rows that take a fifth of a second each. */
async function addLongTable(): Promise<void> {
  await withClient(backends.databaseAdminUrl, (client) =>
    client.query(
      `create view long as select g as id, 't-a'::text as tenant_id, pg_sleep(0.2)::text as nap
       from generate_series(1, 600) g; grant select on long to public`,
    ),
  );
  const file = join(folder, 'catalog.json');
  const catalog = z
    .looseObject({ tables: z.array(z.looseObject({ name: z.string() })) })
    .parse(JSON.parse(await readFile(file, 'utf8')));
  const model = catalog.tables.find(({ name }) => name === 'slow');
  const tables = [...catalog.tables, { ...model, name: 'long', from: 'public.long' }];
  await writeFile(file, JSON.stringify({ ...catalog, tables }));
}

async function setFaults(faults: object): Promise<void> {
  const answer = await fetch(`${host.url}/admin/local-host/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(faults),
  });
  expect(answer.ok).toBe(true);
}

/** While the worker is away requests get an empty 500; a client asks again, with the same Idempotency-Key. */
async function start(tables: readonly string[]): Promise<string> {
  const headers = { 'idempotency-key': randomUUID() };
  return waitFor(
    'a start',
    whenUp(() => api.start(alpha, tables, {}, headers)),
    60_000,
  );
}

function finished(id: string, timeoutMs: number): Promise<ExportAnswer> {
  return seen(
    id,
    'its end',
    timeoutMs,
    ({ status }) => !['pending', 'processing'].includes(status),
  );
}

function seen(
  id: string,
  what: string,
  timeoutMs: number,
  isIt: (found: ExportAnswer) => boolean,
): Promise<ExportAnswer> {
  const look = whenUp(async () => {
    const found = await api.export(alpha, id);
    return isIt(found) ? found : undefined;
  });
  return waitFor(what, look, timeoutMs);
}

function whenUp<T>(ask: () => Promise<T | undefined>): () => Promise<T | undefined> {
  return () => ask().catch(() => undefined);
}

function failed(name: string, id = ''): Promise<readonly string[]> {
  const look = async () => {
    const found = failedInstances(name).filter((instance) => instance.includes(id));
    return found.length > 0 ? found : undefined;
  };
  return waitFor(`a failed ${name}`, look, 60_000);
}

/** The instances of this name that failed, as the host's state file has them. */
function failedInstances(name: string): readonly string[] {
  const state = new DatabaseSync(join(folder, 'host.sqlite'), { readOnly: true });
  try {
    const sql = "select id from instances where name = ? and status = 'Failed' order by id";
    return state
      .prepare(sql)
      .all(name)
      .map(({ id }) => String(id));
  } finally {
    state.close();
  }
}

const dies = (name: string, occurrence: number) => ({
  workerDiesAt: { step: 'duringEpisode', name, occurrence },
});

async function expectOneEvent(exportId: string, type = 'export.completed'): Promise<void> {
  const isOurs = ({ body }: { readonly body: Buffer }) =>
    body.includes(exportId) && body.includes(type);
  await receiver.next(isOurs, soonMs);
  const ids = receiver.requests.filter(isOurs).map(({ headers }) => headers['webhook-id']);
  expect(new Set(ids).size).toBe(1);
}

/** Lanes take them in turn, so each of the first three lanes has a second table behind a short first one. */
const tables = ['rows_1', 'rows_0', 'people', 'long', 'nothing_yet', 'all_types', 'slow'];

test('X16 a lane that its worker takes along goes on within minutes, while a long table is read', async () => {
  // Four episodes begin the lanes; the fifth is the first to end a table.
  await setFaults(dies('exportLane', 5));
  const id = await start(tables);
  const broken = await failed('exportLane', id);
  expect(broken.filter((lane) => !/-run-1-lane-[012]$/.test(lane))).toEqual([]);
  const isDone = ({ progress }: ExportAnswer) => progress.tablesDone === tables.length - 1;
  const early = await seen(id, 'the short tables', soonMs, isDone);
  expect(early.status).toBe('processing');
  expect(early.tables.find(({ name }) => name === 'long')?.status).toBe('running');
  const log = await readFile(join(folder, 'host.log'), 'utf8');
  expect(log).toContain('watchdog restarts a lane');
  const done = await finished(id, 400_000);
  expect(done).toMatchObject({ status: 'ready', totals: { tables: tables.length } });
  expect(done.tables.find(({ name }) => name === 'long')?.rows).toBe(600);
  await expectOneEvent(id);
}, 700_000);

test('X16 an invocation that its worker takes along is started again and ends ready', async () => {
  await setFaults(dies('exportInvocation', 3));
  const id = await start(['rows_1', 'people']);
  expect(await failed('exportInvocation', id)).toEqual([id]);
  const done = await finished(id, soonMs);
  expect(done).toMatchObject({ status: 'ready', totals: { tables: 2 } });
  await expectOneEvent(id);
});

test('X5 a delivery that its worker takes along between two attempts is made within minutes', async () => {
  receiverStatus = 500;
  await setFaults(dies('webhookDelivery', 3));
  const id = await start(['rows_1']);
  expect(await failed('webhookDelivery')).toHaveLength(1);
  receiverStatus = 204;
  const attempts = () => receiver.requests.filter(({ body }) => body.includes(id)).length;
  const isAgain = async () => (attempts() > 1 ? true : undefined);
  await waitFor('another attempt', isAgain, soonMs);
  await expectOneEvent(id);
});

test('X16 a host that restarts in the middle of a table loses no row', async () => {
  await setFaults({ hostRestartsAt: { step: 'duringActivity', name: 'exportTable' } });
  const id = await start(['rows_1000001', 'rows_1']);
  const done = await finished(id, 280_000);
  expect(done).toMatchObject({ status: 'ready', totals: { tables: 2, rows: 1_000_002 } });
  await expectOneEvent(id);
});
