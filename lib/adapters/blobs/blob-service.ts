import {
  BlobServiceClient,
  type ContainerClient,
  type StoragePipelineOptions,
  StorageSharedKeyCredential,
} from '@azure/storage-blob';
import { requireEmulator } from '../shared/emulator-connection.ts';
import type { StorageAccount } from '../shared/storage-options.ts';

/** A client for the account; it tries once, because `callStorage` does the trying. */
export function createBlobService(account: StorageAccount): BlobServiceClient {
  if (account.kind === 'identity') {
    return new BlobServiceClient(account.serviceUrl, account.credential, triesOnce);
  }
  const { accountName, accountKey, blobUrl } = requireEmulator(account.connectionString);
  const credential = new StorageSharedKeyCredential(accountName, accountKey);
  return new BlobServiceClient(blobUrl, credential, triesOnce);
}

const triesOnce: StoragePipelineOptions = { retryOptions: { maxTries: 1 } };

/** The container of one export. Throws TypeError for an id that no container name can carry. */
export function exportContainer(service: BlobServiceClient, exportId: string): ContainerClient {
  if (!/^[a-z0-9]{1,59}$/.test(exportId)) {
    throw new TypeError('An export id is made of up to 59 lower-case letters and digits.');
  }
  return service.getContainerClient(`exp-${exportId}`);
}
