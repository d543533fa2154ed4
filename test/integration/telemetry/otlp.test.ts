import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  createTelemetry,
  type Telemetry,
  type TelemetryOptions,
} from '../../../lib/adapters/telemetry/telemetry.ts';
import { closeExport } from '../../../lib/core/exports/close-export.ts';
import { planExport } from '../../../lib/core/exports/plan-export.ts';
import { exportTable } from '../../../orchestrations/activities/export-table.ts';
import { type NotingLog, notingLog } from '../../support/noting-log.ts';
import { type Point, readOtlp } from '../../support/otlp-metrics.ts';
import { waitFor } from '../../support/wait-for.ts';
import {
  type ReceiverAnswer,
  startWebhookReceiver,
  type WebhookReceiver,
} from '../../support/webhook-receiver.ts';
import { acceptExport, openWorkshop, type Workshop } from '../../support/workshop.ts';

let workshop: Workshop;
beforeAll(async () => {
  workshop = await openWorkshop();
});
afterAll(() => workshop.stop());

const opened: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).toReversed()) await close();
});

const accepted: ReceiverAnswer = { status: 200 };
const service = { version: '1.2.3', environment: 'test', region: 'local' };

interface Scene {
  readonly receiver: WebhookReceiver;
  readonly telemetry: Telemetry;
  readonly log: NotingLog;
  /** What the receiver answers from now on. */
  readonly world: { answer: ReceiverAnswer };
}

async function scene(change: Partial<TelemetryOptions> = {}): Promise<Scene> {
  const world = { answer: accepted };
  const receiver = await startWebhookReceiver({ answer: () => world.answer });
  opened.push(() => receiver.stop());
  return { receiver, world, ...sendingTo(receiver.url, change) };
}

function sendingTo(otlpEndpoint: string, change: Partial<TelemetryOptions> = {}) {
  const log = notingLog();
  const telemetry = createTelemetry({ otlpEndpoint, service, log, ...change });
  opened.push(() => telemetry.close());
  return { telemetry, log };
}

const pointsOf = ({ requests }: WebhookReceiver) =>
  requests.map(({ body }) => readOtlp(body).points);
const named = (points: readonly Point[] | undefined, name: string) =>
  points?.filter((point) => point.name === name);

const table = { table: 'one', source: 'app', rows: 7, bytes: 90, durationMs: 1500 };

test('a real exported table and the end of its export arrive with their numbers, and without a tenant or an id', async () => {
  const { receiver, telemetry } = await scene();
  workshop.source.rows = Array.from({ length: 7 }, (_, index) => [`${index}`, 'a']);
  const deps = { ...workshop.deps, metrics: telemetry.metrics };
  const work = await acceptExport(workshop, ['one']);
  await planExport(deps, work);
  await exportTable(deps, { ...work, table: 0 });
  await closeExport(deps, work);
  await telemetry.close();
  const [request] = receiver.requests;
  expect(receiver.requests).toHaveLength(1);
  expect(request).toMatchObject({
    method: 'POST',
    path: '/v1/metrics',
    headers: { 'content-type': 'application/x-protobuf' },
  });
  const { resource, points } = readOtlp(request?.body ?? Buffer.alloc(0));
  expect(resource).toMatchObject({
    'service.name': 'sluice',
    'service.version': '1.2.3',
    'service.instance.id': expect.stringMatching(/^[0-9a-f-]{36}$/),
    'deployment.environment.name': 'test',
    'cloud.region': 'local',
  });
  const parts = await workshop.deps.parts.list(work.exportId);
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
  const attributes = { table: 'one', source: 'app' };
  const status = { status: 'ready' };
  const sum = expect.any(Number);
  expect(points).toEqual([
    { name: 'sluice.table.rows', unit: '{row}', attributes, value: 7 },
    { name: 'sluice.table.bytes', unit: 'By', attributes, value: bytes },
    { name: 'sluice.table.duration', unit: 's', attributes, count: 1, sum },
    { name: 'sluice.exports.ended', unit: '{export}', attributes: status, value: 1 },
    { name: 'sluice.export.duration', unit: 's', attributes: status, count: 1, sum },
  ]);
  for (const secret of [work.tenantId, work.exportId]) {
    expect(request?.body.includes(secret)).toBe(false);
  }
});

test('every fact has its metric, unit and attributes', async () => {
  const { receiver, telemetry } = await scene();
  const { metrics } = telemetry;
  metrics.tableExported(table);
  metrics.exportEnded({ status: 'failed', durationMs: 61_000 });
  metrics.deliveryAttempted({ outcome: 'retrying', type: 'export.completed' });
  metrics.deliveryAttempted({ outcome: 'retrying', type: 'export.completed' });
  metrics.deliveriesMeasured({ overdue: 3 });
  metrics.queueMeasured({ pending: 4, oldestPendingSeconds: 50 });
  metrics.sweepDone({ deleted: 2, lagSeconds: 600 });
  await telemetry.close();
  const of = { table: 'one', source: 'app' };
  const outcome = { outcome: 'retrying', type: 'export.completed' };
  const none = {};
  expect(pointsOf(receiver)).toEqual([
    [
      { name: 'sluice.table.rows', unit: '{row}', attributes: of, value: 7 },
      { name: 'sluice.table.bytes', unit: 'By', attributes: of, value: 90 },
      { name: 'sluice.table.duration', unit: 's', attributes: of, count: 1, sum: 1.5 },
      {
        name: 'sluice.exports.ended',
        unit: '{export}',
        attributes: { status: 'failed' },
        value: 1,
      },
      {
        name: 'sluice.export.duration',
        unit: 's',
        attributes: { status: 'failed' },
        count: 1,
        sum: 61,
      },
      { name: 'sluice.deliveries.attempts', unit: '{attempt}', attributes: outcome, value: 2 },
      { name: 'sluice.deliveries.overdue', unit: '{delivery}', attributes: none, value: 3 },
      { name: 'sluice.exports.pending', unit: '{export}', attributes: none, value: 4 },
      { name: 'sluice.exports.queue_age', unit: 's', attributes: none, value: 50 },
      { name: 'sluice.sweep.lag', unit: 's', attributes: none, value: 600 },
      { name: 'sluice.sweep.deleted', unit: '{export}', attributes: none, value: 2 },
    ],
  ]);
});

test('a gauge is sent once for each measurement, a counter again and again with its sum', async () => {
  const { receiver, telemetry } = await scene({ exportEveryMs: 50 });
  telemetry.metrics.queueMeasured({ pending: 4, oldestPendingSeconds: 50 });
  telemetry.metrics.sweepDone({ deleted: 2, lagSeconds: 0 });
  await enough(receiver, 3);
  const sent = pointsOf(receiver);
  expect(sent.filter((points) => named(points, 'sluice.exports.pending')?.length !== 0)).toEqual([
    sent[0],
  ]);
  const deleted = sent.map((points) => named(points, 'sluice.sweep.deleted')?.[0]?.value);
  expect(new Set(deleted)).toEqual(new Set([2]));
});

function enough({ requests }: WebhookReceiver, count: number): Promise<true> {
  const ask = async () => (requests.length >= count ? true : undefined);
  return waitFor(`${count} requests`, ask, 20_000);
}

describe('a receiver in trouble', () => {
  test('that answers 500 is told of once and when it is well again; no count is lost', async () => {
    const { receiver, telemetry, log, world } = await scene({ exportEveryMs: 50 });
    world.answer = { status: 500, body: 'secret-of-the-receiver' };
    telemetry.metrics.sweepDone({ deleted: 2, lagSeconds: 0 });
    await enough(receiver, 5);
    telemetry.metrics.sweepDone({ deleted: 3, lagSeconds: 0 });
    world.answer = accepted;
    await enough(receiver, receiver.requests.length + 3);
    await telemetry.close();
    expect(log.lines.map((line) => JSON.parse(line))).toMatchObject([
      {
        level: 'warn',
        message: 'metrics could not be sent',
        receiver: 'otlp',
        status: 500,
        error: 'OTLPExporterError',
      },
      { level: 'info', message: 'metrics are sent again', receiver: 'otlp' },
    ]);
    expect(log.lines.join('')).not.toContain('secret-of-the-receiver');
    expect(named(pointsOf(receiver).at(-1), 'sluice.sweep.deleted')).toMatchObject([{ value: 5 }]);
  });

  test('that hangs gets one request at a time, holds up nobody, and is left after five seconds at the end', async () => {
    const { receiver, telemetry, log, world } = await scene({ exportEveryMs: 50 });
    world.answer = { status: 200, delayMs: 3_600_000 };
    const begunAt = performance.now();
    for (let told = 0; told < 10_000; told++) telemetry.metrics.tableExported(table);
    expect(performance.now() - begunAt).toBeLessThan(1000);
    await waitFor('the word', async () => log.of('metrics could not be sent')[0], 20_000);
    expect(receiver.requests).toHaveLength(1);
    const closingAt = performance.now();
    await telemetry.close();
    expect(performance.now() - closingAt).toBeLessThan(6_000);
    expect(log.of('metrics could not be sent')).toMatchObject([{ receiver: 'otlp' }]);
  });

  test('that is not there is told of once, by a code and never by its address', async () => {
    const { receiver } = await scene();
    await receiver.stop();
    opened.length = 0;
    const { telemetry, log } = sendingTo(`${receiver.url}/token-canary`, { exportEveryMs: 200 });
    telemetry.metrics.tableExported(table);
    const [line] = await waitFor(
      'the word',
      async () => {
        const lines = log.of('metrics could not be sent');
        return lines.length > 0 ? lines : undefined;
      },
      30_000,
    );
    expect(log.lines).toHaveLength(1);
    expect(log.lines.join('')).not.toContain('canary');
    expect(line).toMatchObject({ receiver: 'otlp' });
  });
});

test('settings that one exporter refuses are logged once, and the other receiver has its metrics', async () => {
  const credential = { getToken: async () => null };
  const azureMonitor = { connectionString: 'nonsense', credential };
  const { receiver, telemetry, log } = await scene({ azureMonitor });
  telemetry.metrics.tableExported(table);
  telemetry.metrics.tableExported(table);
  await telemetry.close();
  expect(log.of('metrics are not sent')).toMatchObject([{ receiver: 'azure-monitor' }]);
  expect(log.lines).toHaveLength(1);
  expect(named(pointsOf(receiver)[0], 'sluice.table.rows')).toMatchObject([{ value: 14 }]);
});
