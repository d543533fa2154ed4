import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type TableClient, TableServiceClient } from '@azure/data-tables';
import { BlobServiceClient } from '@azure/storage-blob';
import { azuriteTable } from '../../support/azurite-table.ts';
import { Api } from './api.ts';
import { type Backends, startBackends } from './backends.ts';
import { type Host, startHost } from './host.ts';

/** A deployment of its own: a host with its storage and its database. */
export interface RunningStamp extends AsyncDisposable {
  readonly api: Api;
  readonly host: Host;
  readonly backends: Backends;
  /** The host's log so far is in here. */
  readonly logFile: string;
  /** A client of one of its tables. */
  table(name: string): TableClient;
  /** Every row of every table and the name of every container, as text. */
  dump(): Promise<string>;
  /** Kills the host and starts it again on its old state, with these settings changed. */
  restart(change?: Readonly<Record<string, string>>): Promise<void>;
}

/** Starts a stamp; it keeps its things in a folder of this name. */
export async function startStamp(
  parent: string,
  name: string,
  change: Readonly<Record<string, string>>,
): Promise<RunningStamp> {
  const folder = join(parent, name);
  await mkdir(folder, { recursive: true });
  const backends = await startBackends(folder);
  const settings = { ...backends.settings, ...change };
  const { connectionString } = backends.azurite;
  let host = await startHost({ settings, folder });
  return {
    get api() {
      return new Api(host.url, backends.operatorKey);
    },
    get host() {
      return host;
    },
    backends,
    logFile: join(folder, 'host.log'),
    table: (table) => azuriteTable({ connectionString }, table),
    dump: () => dump(connectionString),
    async restart(further = {}) {
      await host.kill();
      host = await startHost({ settings: { ...settings, ...further }, folder });
    },
    async [Symbol.asyncDispose]() {
      await host[Symbol.asyncDispose]();
      await backends[Symbol.asyncDispose]();
    },
  };
}

const plainHttp = { allowInsecureConnection: true };

async function dump(connectionString: string): Promise<string> {
  const texts: string[] = [];
  for await (const { name = '' } of tablesOf(connectionString)) {
    const rows = azuriteTable({ connectionString }, name);
    // As text: a 64-bit number would come as a BigInt, which JSON cannot hold.
    for await (const row of rows.listEntities({ disableTypeConversion: true })) {
      texts.push(`${name} ${JSON.stringify(row)}`);
    }
  }
  const blobs = BlobServiceClient.fromConnectionString(connectionString);
  for await (const { name } of blobs.listContainers()) texts.push(`container ${name}`);
  return texts.join('\n');
}

function tablesOf(connectionString: string) {
  return TableServiceClient.fromConnectionString(connectionString, plainHttp).listTables();
}
