import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManagedIdentityCredential } from '@azure/identity';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import {
  createTelemetry,
  type TelemetryOptions,
} from '../../../lib/adapters/telemetry/telemetry.ts';
import { presetEnvironment } from '../../../lib/config/env.ts';
import {
  type Certificates,
  createCertificates,
  trustAuthority,
} from '../../support/certificates.ts';
import { type IdentityEndpoint, startIdentityEndpoint } from '../../support/identity-endpoint.ts';
import { notingLog } from '../../support/noting-log.ts';
import { waitFor } from '../../support/wait-for.ts';
import {
  type ReceivedRequest,
  type ReceiverAnswer,
  startWebhookReceiver,
  type WebhookReceiver,
} from '../../support/webhook-receiver.ts';

let folder: string;
let certificates: Certificates;
let identity: IdentityEndpoint;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-azure-monitor-'));
  certificates = await createCertificates(folder);
  trustAuthority(certificates.ca);
  presetEnvironment({ APPLICATION_INSIGHTS_NO_STATSBEAT: 'true' });
  identity = await startIdentityEndpoint();
  identity.install();
});
afterAll(async () => {
  await identity.stop();
  await rm(folder, { recursive: true, force: true });
});

const opened: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).toReversed()) await close();
});

const instrumentationKey = '00000000-1111-2222-3333-444444444444';
const accepted: ReceiverAnswer = {
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ itemsReceived: 1, itemsAccepted: 1, errors: [] }),
};

/** The ingestion endpoint, as the connection string names it. */
async function scene(change: Partial<TelemetryOptions> = {}) {
  const world = { answer: accepted };
  const receiver = await startWebhookReceiver({
    https: certificates,
    answer: () => world.answer,
  });
  opened.push(() => receiver.stop());
  const log = notingLog();
  const telemetry = createTelemetry({
    azureMonitor: {
      connectionString: `InstrumentationKey=${instrumentationKey};IngestionEndpoint=${receiver.url}/`,
      credential: new ManagedIdentityCredential({ clientId: 'app-identity' }),
    },
    service: { version: '1.2.3', environment: 'test', region: 'local' },
    log,
    ...change,
  });
  opened.push(() => telemetry.close());
  return { receiver, telemetry, log, world };
}

const envelopes = z.array(
  z.object({
    name: z.string(),
    iKey: z.literal(instrumentationKey),
    tags: z.record(z.string(), z.string()),
    data: z.object({
      baseType: z.literal('MetricData'),
      baseData: z.object({
        metrics: z.tuple([z.object({ name: z.string(), value: z.number(), count: z.number() })]),
        properties: z.record(z.string(), z.string()),
      }),
    }),
  }),
);

function measurementsIn({ body }: ReceivedRequest) {
  return envelopes.parse(JSON.parse(body.toString())).map(({ data: { baseData } }) => {
    const [{ name, value, count }] = baseData.metrics;
    return { name, value, count, properties: baseData.properties };
  });
}

const table = { table: 'one', source: 'app', rows: 7, bytes: 90, durationMs: 1500 };

test('metrics go to the ingestion endpoint with a token of the app’s own identity', async () => {
  const { receiver, telemetry, log } = await scene();
  telemetry.metrics.tableExported(table);
  telemetry.metrics.queueMeasured({ pending: 4, oldestPendingSeconds: 50 });
  await telemetry.close();
  const [request] = receiver.requests;
  if (request === undefined) throw new TypeError('nothing was sent');
  expect(receiver.requests).toHaveLength(1);
  expect(request).toMatchObject({
    method: 'POST',
    path: '/v2.1/track',
    headers: { authorization: expect.stringMatching(/^Bearer ey/) },
  });
  expect(identity.issued).toContain('https://monitor.azure.com');
  const properties = { table: 'one', source: 'app' };
  expect(measurementsIn(request)).toEqual([
    { name: 'sluice.table.rows', value: 7, count: 1, properties },
    { name: 'sluice.table.bytes', value: 90, count: 1, properties },
    { name: 'sluice.table.duration', value: 1.5, count: 1, properties },
    { name: 'sluice.exports.pending', value: 4, count: 1, properties: {} },
    { name: 'sluice.exports.queue_age', value: 50, count: 1, properties: {} },
  ]);
  const [{ tags } = { tags: {} }] = envelopes.parse(JSON.parse(request.body.toString()));
  expect(tags).toMatchObject({ 'ai.cloud.role': 'sluice', 'ai.application.ver': '1.2.3' });
  expect(log.lines).toEqual([]);
});

test('each minute sends what was counted in it, and nothing else is sent there', async () => {
  const { receiver, telemetry } = await scene({ exportEveryMs: 100 });
  const sweep = (deleted: number) => telemetry.metrics.sweepDone({ deleted, lagSeconds: 0 });
  for (const deleted of [2, 3]) {
    sweep(deleted);
    await received(receiver, receiver.requests.length + 1);
  }
  await telemetry.close();
  const measured = receiver.requests.flatMap(measurementsIn);
  expect(new Set(measured.map(({ name }) => name))).toEqual(
    new Set(['sluice.sweep.deleted', 'sluice.sweep.lag']),
  );
  const counted = measured.filter(({ name }) => name === 'sluice.sweep.deleted');
  expect(counted.map(({ value }) => value)).toEqual([2, 3]);
});

function received({ requests }: WebhookReceiver, count: number) {
  return waitFor(`request ${count}`, async () => requests[count - 1], 20_000);
}

test.each([
  [403, 'an identity without the role', 100],
  // A server's error is tried twice more, after one and two seconds.
  [500, 'an endpoint in trouble', 4_000],
])('%i, %s, is told of once, and once more when it is over', async (status, _, exportEveryMs) => {
  const { receiver, telemetry, log, world } = await scene({ exportEveryMs });
  world.answer = { status };
  const tell = setInterval(() => telemetry.metrics.tableExported(table), 20);
  opened.push(async () => clearInterval(tell));
  const failed = await waitFor(
    'the word',
    async () => log.of('metrics could not be sent')[0],
    30_000,
  );
  expect(failed).toMatchObject({ level: 'warn', receiver: 'azure-monitor', status });
  await received(receiver, receiver.requests.length + 3);
  world.answer = accepted;
  await waitFor('the good news', async () => log.of('metrics are sent again')[0], 30_000);
  expect(log.lines).toHaveLength(2);
});

test('an endpoint that hangs is left after five seconds, gets one request at a time and holds up no end', async () => {
  const { receiver, telemetry, log, world } = await scene({ exportEveryMs: 100 });
  world.answer = { ...accepted, delayMs: 3_600_000 };
  const tell = setInterval(() => telemetry.metrics.tableExported(table), 20);
  opened.push(async () => clearInterval(tell));
  await received(receiver, 1);
  await waitFor('the word', async () => log.of('metrics could not be sent')[0], 30_000);
  expect(receiver.requests).toHaveLength(1);
  const [first, second] = [receiver.requests[0], await received(receiver, 2)];
  const gapMs = (second?.receivedAt.getTime() ?? 0) - (first?.receivedAt.getTime() ?? 0);
  expect(gapMs).toBeGreaterThan(4_000);
  const closingAt = performance.now();
  await telemetry.close();
  expect(performance.now() - closingAt).toBeLessThan(6_000);
  expect(log.of('metrics could not be sent')).toHaveLength(1);
});

test('an identity that gives no token is told of by a name; the token’s own trouble is not written', async () => {
  const getToken = async () => {
    throw new Error('canary in the words of the identity service');
  };
  const { receiver, telemetry, log } = await scene({
    azureMonitor: {
      connectionString: `InstrumentationKey=${instrumentationKey};IngestionEndpoint=https://127.0.0.1:9/`,
      credential: { getToken },
    },
  });
  telemetry.metrics.tableExported(table);
  await telemetry.close();
  expect(log.of('metrics could not be sent')).toMatchObject([{ error: 'Error' }]);
  expect(log.lines.join('')).not.toContain('canary');
  expect(receiver.requests).toEqual([]);
});
