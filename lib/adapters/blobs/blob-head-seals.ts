import { isRestError } from '@azure/core-rest-pipeline';
import type { ContainerClient } from '@azure/storage-blob';
import type { HeadSealStore, StoredSeal } from '../../core/audit/head-seal.ts';
import { absentAs, callStorage } from '../shared/call-storage.ts';
import { type StorageAccount, storageStatusOf } from '../shared/storage-options.ts';
import { createBlobService } from './blob-service.ts';

/** The deployment gives it an immutability policy, so that nothing in it changes or goes before its time. */
const containerName = 'audit-heads';
const seqDigits = 12;

/** `HeadSealStore` in Blob Storage: a blob per seal, `<chain>/<place>.jws`, the furthest first. */
export function createBlobHeadSeals(account: StorageAccount): HeadSealStore {
  const container = createBlobService(account).getContainerClient(containerName);
  return {
    newest: (chain) => newest(container, chain),
    add: (chain, seal) => add(container, chain, seal),
  };
}

async function newest(container: ContainerClient, chain: string): Promise<StoredSeal | undefined> {
  const name = await callStorage({
    what: 'find a seal',
    run: (abortSignal) => absentAs(404, firstName(container, chain, abortSignal)),
  });
  if (name === undefined) return undefined;
  const bytes = await callStorage({
    what: 'read a seal',
    run: (abortSignal) =>
      container.getBlobClient(name).downloadToBuffer(0, undefined, { abortSignal }),
  });
  return { seq: seqOf(name), jws: bytes.toString() };
}

async function firstName(
  container: ContainerClient,
  chain: string,
  abortSignal: AbortSignal,
): Promise<string | undefined> {
  const pages = container
    .listBlobsFlat({ prefix: `${chain}/`, abortSignal })
    .byPage({ maxPageSize: 1 });
  const first = await pages.next();
  return first.done === true ? undefined : first.value.segment.blobItems[0]?.name;
}

/** A seal that is there already stays; the container is made where the deployment did not make it. */
async function add(container: ContainerClient, chain: string, seal: StoredSeal): Promise<void> {
  const blob = container.getBlockBlobClient(nameOf(chain, seal.seq));
  const body = Buffer.from(seal.jws);
  await callStorage({
    what: 'write a seal',
    run: async (abortSignal) => {
      const upload = () =>
        blob.upload(body, body.byteLength, {
          abortSignal,
          conditions: { ifNoneMatch: '*' },
          blobHTTPHeaders: { blobContentType: 'application/jose' },
        });
      try {
        await upload().catch(async (error: unknown) => {
          if (storageStatusOf(error) !== 404) throw error;
          await container.createIfNotExists({ abortSignal });
          await upload();
        });
      } catch (error) {
        if (!(isRestError(error) && isThere.has(error.code ?? ''))) throw error;
      }
    },
  });
}

/** How the service says that a blob is there, without and with an immutability policy. */
const isThere: ReadonlySet<string> = new Set([
  'BlobAlreadyExists',
  'BlobImmutableDueToPolicy',
  'ConditionNotMet',
]);

/** Counted down, because the service lists names upwards. */
function nameOf(chain: string, seq: number): string {
  return `${chain}/${String(10 ** seqDigits - 1 - seq).padStart(seqDigits, '0')}.jws`;
}

function seqOf(name: string): number {
  return 10 ** seqDigits - 1 - Number(name.slice(-seqDigits - 4, -4));
}
