import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { Api } from '../e2e/support/api.ts';
import { readCsv } from '../e2e/support/download.ts';
import { startAzurite } from '../support/azurite.ts';
import { deploymentSettings } from './support/deployment.ts';
import { databaseFile } from './support/inputs.ts';
import { type PackagedHost, startPackaged } from './support/packaged-host.ts';
import { unpack } from './support/unpack.ts';

const started = new AsyncDisposableStack();
let host: PackagedHost;
let api: Api;

const orders = Array.from({ length: 2_500 }, (_, index) => ({
  id: index + 1,
  tenant_id: index % 5 === 0 ? 'other' : 'acme',
  note: index % 3 === 0 ? `"quoted", and\na line ${index}` : `größer als ${index}`,
}));

beforeAll(async () => {
  const app = await mkdtemp(join(tmpdir(), 'sluice-app-'));
  started.defer(() => rm(app, { recursive: true, force: true }));
  await unpack(inject('packaged').zip, app);
  await makeDatabase(join(app, databaseFile));
  const azurite = started.use(await startAzurite());
  const { settings, operatorKey } = await deploymentSettings(azurite);
  host = started.use(await startPackaged(app, settings));
  api = new Api(host.url, operatorKey);
});
afterAll(() => started.disposeAsync());

async function makeDatabase(file: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  using database = new DatabaseSync(file);
  database.exec('create table orders (id integer primary key, tenant_id text, note text); begin');
  const insert = database.prepare('insert into orders values (?, ?, ?)');
  for (const { id, tenant_id, note } of orders) insert.run(id, tenant_id, note);
  database.exec('commit');
}

test('the unpacked app is ready, and every check with it', async () => {
  console.log(`ready ${host.readyMs.toFixed(0)} ms after the start of the process`);
  const answer = await api.call('GET', 'health/ready');
  expect(answer.status).toBe(200);
});

test('it exports a table, and the file behind the link holds exactly the tenant’s rows', async () => {
  const tenant = await api.tenant('acme');
  const ended = await api.run(tenant, ['orders']);
  expect(ended.status).toBe('ready');

  const { files } = await api.links(tenant, ended.id);
  const part = files.find(({ name }) => name.startsWith('orders-'));
  if (part === undefined) throw new Error(`no part among ${files.map(({ name }) => name)}`);
  const { header, records } = await readCsv(part);
  expect(header).toEqual(['id', 'tenant_id', 'note']);
  const expected = orders.filter(({ tenant_id }) => tenant_id === 'acme');
  expect(records.toSorted((a, b) => Number(a[0]) - Number(b[0]))).toEqual(
    expected.map(({ id, tenant_id, note }) => [String(id), tenant_id, note]),
  );
});
