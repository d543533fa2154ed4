import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import type {
  BlockBlobClient,
  ContainerClient,
  ContainerListBlobFlatSegmentResponse,
} from '@azure/storage-blob';
import type {
  ExportFiles,
  FileFacts,
  FileRef,
  StoredFile,
} from '../../core/exports/export-files.ts';
import { absentAs, callStorage } from '../shared/call-storage.ts';
import type { StorageAccount } from '../shared/storage-options.ts';
import { createBlobService, exportContainer } from './blob-service.ts';

/** `ExportFiles` in Blob Storage: the private container `exp-<exportId>` per export. */
export function createBlobExportFiles(account: StorageAccount): ExportFiles {
  const service = createBlobService(account);
  const containerOf = (exportId: string) => exportContainer(service, exportId);
  const blobOf = ({ exportId, name }: FileRef) => containerOf(exportId).getBlockBlobClient(name);
  return {
    create: async (exportId) => createContainer(containerOf(exportId)),
    stageBlock: async (file, blockIndex, bytes, signal) =>
      stageBlock(blobOf(file), blockIndex, bytes, signal),
    commitBlocks: async (file, blockCount, facts, signal) =>
      commitBlocks(blobOf(file), blockCount, facts, signal),
    put: async (file, bytes, facts) => putBlob(blobOf(file), bytes, facts),
    get: async (file) => getBlob(blobOf(file)),
    find: async (file) => findBlob(blobOf(file), file.name),
    list: async (exportId) => listBlobs(containerOf(exportId)),
    remove: async (file) => removeBlob(blobOf(file)),
    removeAll: async (exportId) => removeContainer(containerOf(exportId)),
    exists: async (exportId) => containerExists(containerOf(exportId)),
  };
}

// While a container of this name is being deleted Azure refuses with another 409, which stays an error.
async function createContainer(container: ContainerClient): Promise<void> {
  await callStorage({
    what: 'create a container',
    run: (abortSignal) => container.createIfNotExists({ abortSignal }),
  });
}

async function stageBlock(
  blob: BlockBlobClient,
  blockIndex: number,
  bytes: Uint8Array,
  signal: AbortSignal,
): Promise<void> {
  const body = bufferOver(bytes);
  // The service refuses a block that was changed on its way.
  const transactionalContentMD5 = createHash('md5').update(body).digest();
  await callStorage({
    what: 'stage a block',
    run: (abortSignal) =>
      blob.stageBlock(blockIdOf(blockIndex), body, body.byteLength, {
        abortSignal,
        transactionalContentMD5,
      }),
    signal,
  });
}

async function commitBlocks(
  blob: BlockBlobClient,
  blockCount: number,
  facts: FileFacts,
  signal: AbortSignal,
): Promise<void> {
  const blockIds = Array.from({ length: blockCount }, (_, index) => blockIdOf(index));
  await callStorage({
    what: 'commit a file',
    run: (abortSignal) => blob.commitBlockList(blockIds, { ...blobFactsOf(facts), abortSignal }),
    signal,
  });
}

async function putBlob(blob: BlockBlobClient, bytes: Uint8Array, facts: FileFacts): Promise<void> {
  const body = bufferOver(bytes);
  await callStorage({
    what: 'write a small file',
    run: (abortSignal) =>
      blob.upload(body, body.byteLength, { ...blobFactsOf(facts), abortSignal }),
  });
}

async function getBlob(blob: BlockBlobClient): Promise<Uint8Array | undefined> {
  return await callStorage({
    what: 'read a small file',
    run: (abortSignal) => absentAs(404, download(blob, abortSignal)),
  });
}

async function download(blob: BlockBlobClient, abortSignal: AbortSignal): Promise<Uint8Array> {
  const { readableStreamBody } = await blob.download(0, undefined, { abortSignal });
  if (readableStreamBody === undefined) throw new TypeError('A download came without a body.');
  return await buffer(readableStreamBody);
}

async function findBlob(blob: BlockBlobClient, name: string): Promise<StoredFile | undefined> {
  return await callStorage({
    what: 'look at a file',
    run: (abortSignal) => absentAs(404, factsOf(blob, name, abortSignal)),
  });
}

async function factsOf(
  blob: BlockBlobClient,
  name: string,
  abortSignal: AbortSignal,
): Promise<StoredFile> {
  const { contentLength, metadata } = await blob.getProperties({ abortSignal });
  return { name, bytes: contentLength ?? 0, sha256: metadata?.['sha256'] };
}

const pageFiles = 1000;

async function listBlobs(container: ContainerClient): Promise<readonly StoredFile[]> {
  const files: StoredFile[] = [];
  let continuationToken: string | undefined;
  // Ends with the service's last page.
  do {
    const page = await callStorage({
      what: 'list files',
      run: (abortSignal) => absentAs(404, readPage(container, continuationToken, abortSignal)),
    });
    files.push(...(page?.files ?? []));
    continuationToken = page?.next;
  } while (continuationToken !== undefined);
  return files;
}

async function readPage(
  container: ContainerClient,
  continuationToken: string | undefined,
  abortSignal: AbortSignal,
) {
  const pages = container.listBlobsFlat({ includeMetadata: true, abortSignal }).byPage({
    maxPageSize: pageFiles,
    ...(continuationToken === undefined ? {} : { continuationToken }),
  });
  const page: ContainerListBlobFlatSegmentResponse | undefined = (await pages.next()).value;
  const blobs = page?.segment.blobItems ?? [];
  const files = blobs.map(
    (blob): StoredFile => ({
      name: blob.name,
      bytes: blob.properties.contentLength ?? 0,
      sha256: blob.metadata?.['sha256'],
    }),
  );
  // The service ends a listing with an empty token.
  return { files, next: page?.continuationToken || undefined };
}

async function removeBlob(blob: BlockBlobClient): Promise<void> {
  await callStorage({
    what: 'remove a file',
    run: (abortSignal) => absentAs(404, blob.delete({ abortSignal })),
  });
}

async function removeContainer(container: ContainerClient): Promise<void> {
  await callStorage({
    what: 'remove a container',
    run: (abortSignal) => absentAs(404, container.delete({ abortSignal })),
  });
}

async function containerExists(container: ContainerClient): Promise<boolean> {
  return await callStorage({
    what: 'look for a container',
    run: (abortSignal) => container.exists({ abortSignal }),
  });
}

// Ids of one blob must all have the same length.
function blockIdOf(blockIndex: number): string {
  return Buffer.from(`block-${String(blockIndex).padStart(5, '0')}`).toString('base64');
}

function blobFactsOf(facts: FileFacts) {
  return {
    blobHTTPHeaders: { blobContentType: facts.contentType },
    metadata: { sha256: facts.sha256 },
  };
}

// The SDK wants a Buffer; this one shares the memory.
function bufferOver(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
