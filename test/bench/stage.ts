import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BlobServiceClient } from '@azure/storage-blob';
import { newSecrets, operatorKeySetting } from '../../lib/local-host/setup/new-secrets.ts';
import { type Azurite, startAzurite } from '../support/azurite.ts';
import { freshDatabase, startPostgres } from '../support/postgres.ts';
import { benchTable, benchTableSql, seriesView, seriesViewSql } from './bench-table.ts';
import { orInterrupted } from './interruption.ts';

/** What every side works with: one database, one storage, and a folder. */
export interface Stage extends AsyncDisposable {
  readonly azurite: Azurite;
  readonly blobs: BlobServiceClient;
  /** A login that may only read. */
  readonly databaseUrl: string;
  /** For a local host. */
  readonly settings: Readonly<Record<string, string>>;
  readonly operatorKey: string;
  readonly folder: string;
  /** Ends everything that runs. */
  readonly signal: AbortSignal;
}

export interface StageOptions {
  readonly rows: number;
  /** Sizes of further views of the table. */
  readonly seriesRows: readonly number[];
  readonly signal: AbortSignal;
}

/** Starts the servers and makes the table. */
export async function startStage({ rows, seriesRows, signal }: StageOptions): Promise<Stage> {
  await using started = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
  started.defer(() => rm(folder, { recursive: true, force: true }));
  const azurite = started.use(await startAzurite());
  signal.throwIfAborted();
  const server = await startPostgres();
  started.defer(() => server.stop());
  signal.throwIfAborted();
  const database = await freshDatabase(server.adminUrl);
  started.defer(() => database.drop());
  // Every reader gets the rows in the same order, so that the check can compare byte for byte.
  await database.asAdmin(`alter database ${database.name} set synchronize_seqscans = off`);
  await orInterrupted(signal, database.asOwner(benchTableSql(rows)));
  for (const size of seriesRows) await database.asOwner(seriesViewSql(size, rows));
  await orInterrupted(signal, database.asOwner(`vacuum analyze ${benchTable}`));
  const secrets = await newSecrets();
  const settings = {
    ...settingsOf(azurite, await writeCatalog(folder, seriesRows)),
    ...secrets,
    SLUICE_SECRET_BENCH: database.readerUrl,
  };
  const running = started.move();
  return {
    azurite,
    blobs: BlobServiceClient.fromConnectionString(azurite.connectionString),
    databaseUrl: database.readerUrl,
    settings,
    operatorKey: secrets[operatorKeySetting] ?? '',
    folder,
    signal,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

async function writeCatalog(folder: string, seriesRows: readonly number[]): Promise<string> {
  const file = join(folder, 'catalog.json');
  const table = (name: string) => ({
    name,
    source: 'bench',
    from: `public.${name}`,
    tenant: { column: 'tenant_id' },
    key: ['id'],
  });
  const catalog = {
    sources: {
      bench: { kind: 'postgres', connection: { secret: 'bench' }, tls: { mode: 'disable' } },
    },
    tables: [benchTable, ...seriesRows.map(seriesView)].map(table),
  };
  await writeFile(file, JSON.stringify(catalog));
  return file;
}

function settingsOf(azurite: Azurite, catalogFile: string): Readonly<Record<string, string>> {
  return {
    AzureWebJobsStorage: azurite.connectionString,
    SLUICE_ENVIRONMENT: 'bench',
    SLUICE_REGION: 'local',
    SLUICE_CATALOG: catalogFile,
    SLUICE_STATE_STORAGE: azurite.connectionString,
    SLUICE_EXPORT_STORAGE: azurite.connectionString,
  };
}
