import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Snapshot, Source } from '../../../lib/core/sources/source.ts';
import { type Certificates, createCertificates } from '../../support/certificates.ts';
import { type FreshDatabase, freshDatabase, type PostgresServer } from '../../support/postgres.ts';
import { startEmbeddedPostgres } from '../../support/postgres-embedded.ts';
import { catalogTable } from './catalog-table.ts';
import { postgresSource, type SourceOptions } from './postgres-harness.ts';
import { drain, failureOf } from './read-stream.ts';

let folder: string;
let certificates: Certificates;
let server: PostgresServer;
let database: FreshDatabase;
const sources: Source[] = [];
const wire = catalogTable('wire');

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-tls-'));
  certificates = await createCertificates(folder);
  server = await startEmbeddedPostgres({ tls: certificates });
  database = await freshDatabase(server.adminUrl);
  await database.asOwner(`
    create view wire as
      select 1 as id, 'acme' as tenant_id, ssl, version from pg_stat_ssl where pid = pg_backend_pid();
    create view asleep as select 1 as id, 'acme' as tenant_id, pg_sleep(60)::text as nap`);
});

afterAll(async () => {
  for (const source of sources) await source.close();
  await database?.drop();
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

function open(
  options: Partial<SourceOptions>,
  signal = new AbortController().signal,
): Promise<Snapshot> {
  const secrets = { 'pg-ca': certificates.ca };
  const source = postgresSource({ url: database.readerUrl, secrets, ...options });
  sources.push(source);
  return source.openSnapshot({ tenantSourceId: 'acme', tables: [], signal });
}

async function wireOf(snapshot: Snapshot) {
  const columns = await snapshot.describe(wire);
  return (await drain(await snapshot.stream({ table: wire, columns }))).cells[0];
}

const verify = { mode: 'verify', caSecret: 'pg-ca' } as const;

test('K2 `verify` reads over TLS with the operator’s own authority', async () => {
  for (const host of ['localhost', '127.0.0.1']) {
    await using snapshot = await open({ tls: verify, url: withHost(host) });
    expect(await wireOf(snapshot)).toEqual([
      '1',
      'acme',
      'true',
      expect.stringMatching(/^TLSv1\.[23]$/),
    ]);
  }
});

test.each(['disable', 'prefer', 'no-verify'])(
  'K2 sslmode=%s in the URL does not weaken `verify`',
  async (mode) => {
    const url = `${database.readerUrl}?sslmode=${mode}`;
    await using snapshot = await open({ tls: verify, url });
    expect((await wireOf(snapshot))?.[2]).toBe('true');
    const failure = await failureOf(open({ tls: { mode: 'verify' }, url }));
    expect([failure.code, failure.internal]).toEqual([
      'source_unreachable',
      expect.stringContaining('tls.caSecret'),
    ]);
  },
);

test('K2 `verify` refuses a certificate for another name', async () => {
  // Another spelling of 127.0.0.1 that the certificate does not name.
  const failure = await failureOf(open({ tls: verify, url: withHost('127.1') }));
  expect([failure.code, failure.internal]).toEqual([
    'source_unreachable',
    expect.stringContaining('ERR_TLS_CERT_ALTNAME_INVALID'),
  ]);
});

test('K2 `verify` refuses a server without TLS', async () => {
  const plain = await startEmbeddedPostgres();
  const failure = await failureOf(open({ tls: verify, url: plain.adminUrl }));
  await plain.stop();
  expect([failure.code, failure.internal]).toEqual([
    'source_unreachable',
    expect.stringContaining('offers no TLS'),
  ]);
});

test('K2 `disable` is for this machine only', async () => {
  await using local = await open({ tls: { mode: 'disable' } });
  expect((await wireOf(local))?.[2]).toBe('false');
  const failure = await failureOf(
    open({ tls: { mode: 'disable' }, url: withHost('db.example.com') }),
  );
  expect([failure.code, failure.internal]).toEqual([
    'source_unreachable',
    expect.stringContaining('"verify"'),
  ]);
});

test('a statement is cancelled over TLS too', async () => {
  const abort = new AbortController();
  const snapshot = await open({ tls: verify }, abort.signal);
  const table = catalogTable('asleep');
  const columns = await snapshot.describe(table);
  const reading = failureOf(drain(await snapshot.stream({ table, columns })));
  abort.abort();
  expect((await reading).code).toBe('cancelled');
  const startedAt = performance.now();
  await snapshot[Symbol.asyncDispose]();
  // Dropping fails as long as a backend that sleeps for a minute uses the view.
  await database.asOwner(`set lock_timeout = '10s'; drop view asleep`);
  expect(performance.now() - startedAt).toBeLessThan(10_000);
});

function withHost(host: string): string {
  return database.readerUrl.replace('@127.0.0.1:', `@${host}:`);
}
