import { TableServiceClient } from '@azure/data-tables';
import { BlobServiceClient } from '@azure/storage-blob';
import { azuriteTable } from './azurite-table.ts';

/** Every row and every file by its address, and what it holds. */
export type StoredState = ReadonlyMap<string, string>;

interface Storage {
  readonly connectionString: string;
}

/** All that the emulator holds: each row of each table, each container and each blob. */
export async function storedState(storage: Storage): Promise<StoredState> {
  return new Map([...(await rowsOf(storage)), ...(await filesOf(storage))]);
}

/** The addresses of what is in one state and not, or otherwise, in the other. */
export function differences(before: StoredState, after: StoredState): readonly string[] {
  const all = new Set([...before.keys(), ...after.keys()]);
  return [...all].filter((address) => before.get(address) !== after.get(address)).sort();
}

async function rowsOf(storage: Storage): Promise<readonly [string, string][]> {
  const service = TableServiceClient.fromConnectionString(storage.connectionString, {
    allowInsecureConnection: true,
  });
  const found: [string, string][] = [];
  for await (const { name = '' } of service.listTables()) {
    for await (const row of azuriteTable(storage, name).listEntities()) {
      const { partitionKey = '', rowKey = '', ...fields } = row;
      found.push([[name, partitionKey, rowKey].join('/'), textOf(fields)]);
    }
  }
  return found;
}

async function filesOf({ connectionString }: Storage): Promise<readonly [string, string][]> {
  const service = BlobServiceClient.fromConnectionString(connectionString);
  const found: [string, string][] = [];
  for await (const { name, properties } of service.listContainers()) {
    found.push([`container ${name}`, properties.etag]);
    for await (const blob of service.getContainerClient(name).listBlobsFlat()) {
      found.push([`blob ${name}/${blob.name}`, blob.properties.etag]);
    }
  }
  return found;
}

/** Numbers of 64 bits come as bigint, which JSON does not know. */
function textOf(fields: object): string {
  return JSON.stringify(fields, (_, value) => (typeof value === 'bigint' ? `${value}n` : value));
}
