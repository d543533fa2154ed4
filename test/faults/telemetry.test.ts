import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Api } from '../e2e/support/api.ts';
import { type Backends, startBackends } from '../e2e/support/backends.ts';
import { startHost } from '../e2e/support/host.ts';
import { appLines, missingFields, secretsIn, secretsOf } from '../e2e/support/log-check.ts';
import { runTimer } from '../e2e/support/timers.ts';
import { sourceIds } from '../e2e/support/vendor-database.ts';
import { type Certificates, createCertificates } from '../support/certificates.ts';
import { type IdentityEndpoint, startIdentityEndpoint } from '../support/identity-endpoint.ts';
import { type Point, readOtlp } from '../support/otlp-metrics.ts';
import { waitFor } from '../support/wait-for.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts';

let folder: string;
let backends: Backends;
let certificates: Certificates;
let identity: IdentityEndpoint;
let otlp: WebhookReceiver;
let azure: WebhookReceiver;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-telemetry-'));
  backends = await startBackends(folder);
  certificates = await createCertificates(folder);
  identity = await startIdentityEndpoint();
  otlp = await startWebhookReceiver({ answer: () => ({ status: 200 }) });
  const body = JSON.stringify({ itemsReceived: 1, itemsAccepted: 1, errors: [] });
  azure = await startWebhookReceiver({
    https: certificates,
    answer: () => ({ status: 200, headers: { 'content-type': 'application/json' }, body }),
  });
});
afterAll(async () => {
  await azure.stop();
  await otlp.stop();
  await identity.stop();
  await backends[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const token = 'otlp-canary-4f1d';

function settings(): Readonly<Record<string, string>> {
  return {
    ...backends.settings,
    ...identity.settings,
    SLUICE_APP_CLIENT_ID: 'app-identity',
    APPLICATIONINSIGHTS_CONNECTION_STRING: connectionString(azure.url),
    OTEL_EXPORTER_OTLP_ENDPOINT: otlp.url,
    OTEL_EXPORTER_OTLP_HEADERS: `api-key=${token}`,
    NODE_EXTRA_CA_CERTS: certificates.caFile,
  };
}

function connectionString(url: string): string {
  return `InstrumentationKey=00000000-1111-2222-3333-444444444444;IngestionEndpoint=${url}/`;
}

/** The value or the count of what was measured by this name with these attributes. */
function measured(points: readonly Point[], name: string, attributes: object): number | undefined {
  const wanted = JSON.stringify(attributes);
  const found = points.find(
    (point) => point.name === name && JSON.stringify(point.attributes) === wanted,
  );
  return found?.value ?? found?.count;
}

test('a host that ends sends what it counted to both receivers: every row, no tenant, no id, no secret', async () => {
  const host = await startHost({ settings: settings(), folder });
  const api = new Api(host.url, backends.operatorKey);
  const alpha = await api.tenant(sourceIds.alpha);
  const done = await api.run(alpha, ['people', 'missing']);
  expect(otlp.requests).toEqual([]);
  await host[Symbol.asyncDispose]();

  const [request] = otlp.requests;
  if (request === undefined) throw new TypeError('Nothing was sent at the end.');
  expect(request.headers).toMatchObject({ 'api-key': token });
  const { resource, points } = readOtlp(request.body);
  expect(resource).toMatchObject({
    'service.name': 'sluice',
    'service.version': expect.stringMatching(/^\d+\.\d+\.\d+/),
    'deployment.environment.name': 'test',
    'cloud.region': 'local',
  });
  const people = { table: 'people', source: 'main' };
  const status = { status: 'partially_ready' };
  expect(measured(points, 'sluice.table.rows', people)).toBe(done.totals?.rows);
  expect(measured(points, 'sluice.table.bytes', people)).toBe(done.totals?.bytes);
  expect(measured(points, 'sluice.table.duration', people)).toBe(1);
  expect(measured(points, 'sluice.exports.ended', status)).toBe(1);
  expect(measured(points, 'sluice.export.duration', status)).toBe(1);

  const [track] = azure.requests;
  const text = track?.body.toString() ?? '';
  expect(track?.headers['authorization']).toMatch(/^Bearer ey/);
  expect(text).toContain('"sluice.table.rows"');
  expect(text).toContain('"ai.cloud.role":"sluice"');

  const secrets = [...secretsOf(backends.settings), alpha.id, alpha.key, done.id];
  for (const sent of [...otlp.requests, ...azure.requests]) {
    expect(secrets.filter((secret) => sent.body.includes(secret))).toEqual([]);
  }
  const log = await readFile(join(folder, 'host.log'), 'utf8');
  expect(secretsIn(log, [...secretsOf(backends.settings), token])).toEqual([]);
  expect(missingFields(appLines(log))).toEqual([]);
  expect(log).not.toContain('metrics could not be sent');
});

test('each timer measures what it is for, in the log and as metrics', async () => {
  const before = otlp.requests.length;
  const host = await startHost({ settings: settings(), folder });
  const lines = async () => appLines(await readFile(join(folder, 'host.log'), 'utf8'));
  const linesBefore = (await lines()).length;
  for (const [timer, message] of [
    ['watchdog', 'queue measured'],
    ['deliveryWatch', 'deliveries measured'],
    ['retentionSweep', 'retention sweep done'],
  ] as const) {
    await runTimer(host.url, timer);
    const find = async () =>
      (await lines()).slice(linesBefore).find((line) => line.message === message);
    expect(await waitFor(`${message}`, find, 30_000)).toMatchObject({ function: timer });
  }
  await host[Symbol.asyncDispose]();
  expect(missingFields(await lines())).toEqual([]);
  const { points } = readOtlp(otlp.requests[before]?.body ?? Buffer.alloc(0));
  const values = Object.fromEntries(points.map(({ name, value }) => [name, value]));
  expect(values).toEqual({
    'sluice.exports.pending': 0,
    'sluice.exports.queue_age': 0,
    'sluice.deliveries.overdue': 0,
    'sluice.sweep.lag': 0,
    'sluice.sweep.deleted': 0,
  });
});

test('where every activity runs twice, a table and an end are told once', async () => {
  const before = otlp.requests.length;
  const host = await startHost({ settings: settings(), folder, faults: { activityTwice: true } });
  const api = new Api(host.url, backends.operatorKey);
  const alpha = await api.tenant(sourceIds.alpha);
  const done = await api.run(alpha, ['people', 'all_types', 'missing']);
  await host[Symbol.asyncDispose]();
  const lines = appLines(await readFile(join(folder, 'host.log'), 'utf8'));
  const told = lines.filter((line) => line['exportId'] === done.id).map(({ message }) => message);
  const times = (message: string) => told.filter((other) => other === message).length;
  expect([times('table exported'), times('export ended')]).toEqual([2, 1]);
  const { points } = readOtlp(otlp.requests[before]?.body ?? Buffer.alloc(0));
  expect(measured(points, 'sluice.exports.ended', { status: 'partially_ready' })).toBe(1);
  expect(measured(points, 'sluice.table.rows', { table: 'people', source: 'main' })).toBe(3);
});

test('with receivers that hang and refuse, an export succeeds and the host ends in time', async () => {
  const hanging = await startWebhookReceiver({
    answer: () => ({ status: 200, delayMs: 3_600_000 }),
  });
  const host = await startHost({
    settings: {
      ...settings(),
      OTEL_EXPORTER_OTLP_ENDPOINT: hanging.url,
      APPLICATIONINSIGHTS_CONNECTION_STRING: connectionString('https://127.0.0.1:1'),
    },
    folder,
  });
  const api = new Api(host.url, backends.operatorKey);
  const alpha = await api.tenant(sourceIds.alpha);
  const done = await api.run(alpha, ['people']);
  expect(done.status).toBe('ready');
  const endingAt = performance.now();
  await host[Symbol.asyncDispose]();
  expect(performance.now() - endingAt).toBeLessThan(10_000);
  expect(hanging.requests).toHaveLength(1);
  await hanging.stop();
});
