import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { routes } from '../../functions/http/routes.ts';
import { problemAnswer } from '../../lib/api/problem.ts';
import { tablesAnswer } from '../../lib/api/tables.ts';
import { type Answer, Api, type Tenant } from '../e2e/support/api.ts';
import { type Backends, startBackends } from '../e2e/support/backends.ts';
import { type Host, startHost } from '../e2e/support/host.ts';
import { secretsIn, secretsOf } from '../e2e/support/log-check.ts';
import { sourceIds } from '../e2e/support/vendor-database.ts';
import { type FakeVault, startFakeVault, vaultToken } from '../integration/secrets/fake-vault.ts';
import { azuriteTable } from '../support/azurite-table.ts';
import { createCertificates } from '../support/certificates.ts';
import { waitFor } from '../support/wait-for.ts';

const secretPrefix = 'SLUICE_SECRET_';

let folder: string;
let backends: Backends;
let vault: FakeVault;
let tokens: Server;
let host: Host;
let api: Api;
let alpha: Tenant;
let beta: Tenant;
let exportId: string;

/** A host that has its secrets from a vault, so that they can go away while it runs. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-fail-closed-'));
  backends = await startBackends(folder);
  const certificates = await createCertificates(folder);
  vault = await startFakeVault(certificates);
  for (const [name, value] of Object.entries(backends.settings)) {
    if (name.startsWith(secretPrefix)) vault.set(secretNameOf(name), value);
  }
  tokens = await startTokens();
  await restart(certificates.caFile);
  [alpha, beta] = [await api.tenant(sourceIds.alpha), await api.tenant(sourceIds.beta)];
  exportId = (await api.run(alpha, ['people'])).id;
});

afterAll(async () => {
  await host[Symbol.asyncDispose]();
  await vault[Symbol.asyncDispose]();
  tokens.closeAllConnections();
  tokens.close();
  await backends[Symbol.asyncDispose]();
  const log = await readFile(join(folder, 'host.log'), 'utf8');
  await rm(folder, { recursive: true, force: true });
  expect(log).toContain('"message":"request failed"');
  expect(secretsIn(log, [...secretsOf(backends.settings), vaultToken])).toEqual([]);
});

async function restart(caFile = join(folder, 'ca.pem')): Promise<void> {
  const others = Object.entries(backends.settings).filter(
    ([name]) => !name.startsWith(secretPrefix),
  );
  const settings = {
    ...Object.fromEntries(others),
    SLUICE_KEY_VAULT_URL: vault.url,
    SLUICE_APP_CLIENT_ID: randomUUID(),
    IDENTITY_ENDPOINT: `http://127.0.0.1:${(tokens.address() as AddressInfo).port}/msi/token`,
    IDENTITY_HEADER: 'of this test',
    NODE_EXTRA_CA_CERTS: caFile,
  };
  host = await startHost({ settings, folder });
  api = new Api(host.url, backends.operatorKey);
}

function secretNameOf(setting: string): string {
  return setting.slice(secretPrefix.length).toLowerCase().replaceAll('_', '-');
}

/** The managed identity's endpoint, with the one token that the vault takes. */
async function startTokens(): Promise<Server> {
  const server = createServer((_, response) => {
    const expiresOn = String(Math.floor(Date.now() / 1000) + 86_400);
    const token = { access_token: vaultToken, expires_on: expiresOn, token_type: 'Bearer' };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(token));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

const guarded = routes.filter(({ scope }) => scope !== 'public');

interface Asked {
  readonly what: string;
  readonly scope: string;
  readonly answer: Answer;
}

/** Every route that needs a credential, with a good one. */
async function askEverything(): Promise<readonly Asked[]> {
  return Promise.all(
    guarded.map(async ({ method, path, scope }) => {
      const key = scope === 'operator' ? api.operatorKey : alpha.key;
      const answer = await api.call(method, path.replace(/\{\w+\}/, exportId), { key });
      return { what: `${method} ${path}`, scope, answer };
    }),
  );
}

function codeOf(answer: Answer): string {
  return answer.status < 400 ? 'none' : answer.as(problemAnswer).code;
}

async function recovers(): Promise<void> {
  const isBack = async () => {
    const answer = await api.call('GET', `v1/exports/${exportId}`, { key: alpha.key });
    return answer.status === 200 ? true : undefined;
  };
  await waitFor('the service to come back by itself', isBack, 60_000);
  expect((await api.call('GET', 'health/live')).status).toBe(200);
}

/** What no answer may hold: frames, SQL, paths, addresses, names of parts, and ids of others. */
function leaksIn(text: string): readonly string[] {
  const { databaseAdminUrl, azurite, settings } = backends;
  const addresses = [databaseAdminUrl, azurite.blobUrl, azurite.tableUrl, vault.url].map(
    (url) => new URL(url).host,
  );
  const patterns = [
    /\bat \S+ \(|\.[cm]?[jt]s:\d|node:internal|node_modules/,
    /\b(select|insert|update|delete|copy)\s.+\s(from|into|set|to)\b|set_config|current_setting/i,
    /\/(home|tmp|usr|var|srv|root|opt|etc|mnt|work)\//,
    /\b\d{1,3}(\.\d{1,3}){3}\b|localhost|ECONN|ETIMEDOUT|ENOTFOUND/,
    /does_not_exist|public\.|RestError|devstoreaccount1|postgres|azurite|Key ?Vault|SLUICE_/i,
    /PartitionKey|RowKey|entity|table storage/i,
  ];
  return [
    ...patterns.filter((pattern) => pattern.test(text)).map(String),
    ...[...addresses, beta.id, folder].filter((part) => text.includes(part)),
    ...secretsIn(text, secretsOf(settings)),
  ];
}

const outages: readonly (readonly [string, string, () => Promise<void>, () => Promise<void>])[] = [
  [
    'the store',
    'storage_unavailable',
    () => backends.azurite.pause(),
    () => backends.azurite.resume(),
  ],
  [
    'the vault, answering 503',
    'secret_unavailable',
    async () => {
      await host.kill();
      vault.behave({ kind: 'status', status: 503 });
      await restart();
    },
    async () => vault.behave(undefined),
  ],
  [
    'the vault, cutting connections',
    'secret_unavailable',
    async () => {
      await host.kill();
      vault.behave({ kind: 'cut' });
      await restart();
    },
    async () => vault.behave(undefined),
  ],
  [
    'a single secret',
    'secret_unavailable',
    async () => {
      await host.kill();
      vault.remove('sluice-key-pepper');
      await restart();
    },
    async () => {
      const pepper = backends.settings[`${secretPrefix}SLUICE_KEY_PEPPER`] ?? '';
      vault.set('sluice-key-pepper', pepper);
    },
  ],
];

describe('S37 S36 while a neighbour is away, protected calls refuse, nothing leaks, and the service returns by itself', () => {
  test.each(outages)('%s', async (_, code, begin, end) => {
    await begin();
    const answers = await askEverything();
    const ready = await api.call('GET', 'health/ready');
    const live = await api.call('GET', 'health/live');
    await end();
    expect([live.status, ready.status]).toEqual([200, 503]);
    for (const { what, scope, answer } of answers) {
      if (answer.status === 503) expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
      if (answer.status >= 400) expect([what, leaksIn(answer.text)]).toEqual([what, []]);
      // The operator's own key needs no store and no pepper, so some of his calls get further.
      if (scope !== 'operator') expect([what, codeOf(answer)]).toEqual([what, code]);
    }
    expect(leaksIn(ready.text)).toEqual([]);
    await recovers();
    expect((await api.export(alpha, exportId)).status).toBe('ready');
  });
});

describe('S36 an answer to a failure tells its code and what to do, and nothing of the insides', () => {
  test('of a source: table, time, connection, secret', async () => {
    const done = await api.run(alpha, ['people', 'missing', 'sleepy']);
    const shown = await api.call('GET', 'v1/tables', { key: alpha.key });
    const { tables } = shown.as(tablesAnswer);
    const errors = [...done.tables, ...tables].flatMap(({ name, error }) =>
      error === undefined ? [] : [{ name, error }],
    );
    expect(errors.map(({ name, error }) => [name, error.code])).toEqual([
      ['missing', 'table_missing'],
      ['sleepy', 'statement_timeout'],
      ['missing', 'table_missing'],
      ['unreachable', 'source_unreachable'],
      ['unsealed', 'secret_unavailable'],
    ]);
    expect(leaksIn(JSON.stringify(errors))).toEqual([]);
    const manifest = await api.call('GET', `v1/exports/${done.id}/manifest`, { key: alpha.key });
    expect(leaksIn(manifest.text)).toEqual([]);
  });

  test('of a row that cannot be read', async () => {
    const { id } = await api.run(alpha, ['people']);
    const rows = azuriteTable(backends.azurite, 'exports');
    await rows.updateEntity({ partitionKey: alpha.id, rowKey: id, status: 7 }, 'Merge');
    for (const path of [`v1/exports/${id}`, `v1/exports/${id}/links`, 'v1/exports']) {
      const answer = await api.call('GET', path, { key: alpha.key });
      answer.problem(500, 'internal_error');
      expect(leaksIn(answer.text)).toEqual([]);
    }
    await rows.deleteEntity(alpha.id, id);
  });

  test('of a file that is gone behind our back', async () => {
    const { id } = await api.run(alpha, ['people']);
    const blobs = BlobServiceClient.fromConnectionString(backends.azurite.connectionString);
    await blobs.deleteContainer(`exp-${id}`);
    const answer = await api.call('GET', `v1/exports/${id}/manifest`, { key: alpha.key });
    answer.problem(503, 'storage_unavailable');
    expect(leaksIn(answer.text)).toEqual([]);
  });

  test('and the check itself finds what it is for', () => {
    const leaks = [
      'Error at readRow (file)',
      'in lib/core/x.ts:12',
      'select * from orders',
      '/var/lib/app',
      'connect to 10.0.0.7',
      `tenant ${beta.id}`,
      `see ${new URL(backends.databaseAdminUrl).host}`,
    ];
    for (const text of leaks) expect([text, leaksIn(text).length > 0]).toEqual([text, true]);
    expect(leaksIn('{"detail":"The storage does not answer."}')).toEqual([]);
  });
});
