import { createHash, randomBytes } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createBlobExportFiles } from '../../../lib/adapters/blobs/blob-export-files.ts';
import { emulatorAccount } from '../../../lib/adapters/shared/storage-options.ts';
import type { ExportFiles } from '../../../lib/core/exports/export-files.ts';
import { newestFirstId } from '../../../lib/core/ids.ts';
import { type Azurite, startAzurite } from '../../support/azurite.ts';

let azurite: Azurite;
let files: ExportFiles;

beforeAll(async () => {
  azurite = await startAzurite();
  files = createBlobExportFiles(emulatorAccount(azurite.connectionString));
});

afterAll(() => azurite.stop());

const { signal } = new AbortController();
const csv = { contentType: 'text/csv; charset=utf-8', sha256: 'ab'.repeat(32) };
const bytesOf = (text: string) => new TextEncoder().encode(text);

async function freshExport(): Promise<string> {
  const exportId = newestFirstId(new Date());
  await files.create(exportId);
  return exportId;
}

async function textOf(exportId: string, name: string): Promise<string | undefined> {
  const bytes = await files.get({ exportId, name });
  return bytes && Buffer.from(bytes).toString();
}

describe('the files of an export', () => {
  test('live in a private container of their own, made once or twice', async () => {
    const exportId = await freshExport();
    await files.create(exportId);
    expect(await files.exists(exportId)).toBe(true);
    await files.put({ exportId, name: 'a.csv' }, bytesOf('x'), csv);
    const container = containerOf(exportId);
    expect((await container.getProperties()).blobPublicAccess).toBeUndefined();
    expect((await fetch(`${container.url}/a.csv`)).status).toBeGreaterThanOrEqual(400);
  });

  test('appear with their last block list, whole, with type and digest', async () => {
    const exportId = await freshExport();
    const file = { exportId, name: 'orders-00001.csv' };
    await files.stageBlock(file, 1, bytesOf('world'), signal);
    await files.stageBlock(file, 0, bytesOf('hello '), signal);
    expect(await files.get(file)).toBeUndefined();
    expect(await files.list(exportId)).toEqual([]);

    await files.commitBlocks(file, 2, csv, signal);
    expect(await textOf(exportId, file.name)).toBe('hello world');
    expect(await files.list(exportId)).toEqual([
      { name: file.name, bytes: 11, sha256: csv.sha256 },
    ]);
    const { contentType } = await containerOf(exportId).getBlobClient(file.name).getProperties();
    expect(contentType).toBe(csv.contentType);
  });

  test('are replaced in one step: until the commit a reader gets the old one', async () => {
    const exportId = await freshExport();
    const file = { exportId, name: 'orders-00001.csv' };
    for (const [block, text] of ['old ', 'old ', 'old'].entries()) {
      await files.stageBlock(file, block, bytesOf(text), signal);
    }
    await files.commitBlocks(file, 3, csv, signal);

    await files.stageBlock(file, 0, bytesOf('new'), signal);
    expect(await textOf(exportId, file.name)).toBe('old old old');
    await files.commitBlocks(file, 1, { ...csv, sha256: 'cd'.repeat(32) }, signal);
    expect(await textOf(exportId, file.name)).toBe('new');
    expect(await files.list(exportId)).toEqual([
      { name: file.name, bytes: 3, sha256: 'cd'.repeat(32) },
    ]);
  });

  test('may be committed twice, as after an answer that was lost', async () => {
    const exportId = await freshExport();
    const file = { exportId, name: 'orders-00001.csv' };
    await files.stageBlock(file, 0, bytesOf('same'), signal);
    await files.commitBlocks(file, 1, csv, signal);
    await files.commitBlocks(file, 1, csv, signal);
    expect(await textOf(exportId, file.name)).toBe('same');
  });

  test('a block staged again replaces the one before', async () => {
    const exportId = await freshExport();
    const file = { exportId, name: 'orders-00001.csv' };
    await files.stageBlock(file, 0, bytesOf('first try'), signal);
    await files.stageBlock(file, 0, bytesOf('second try'), signal);
    await files.commitBlocks(file, 1, csv, signal);
    expect(await textOf(exportId, file.name)).toBe('second try');
  });

  test('small ones are written, replaced, read and removed', async () => {
    const exportId = await freshExport();
    const file = { exportId, name: 'manifest.json' };
    const json = { contentType: 'application/json', sha256: 'ef'.repeat(32) };
    await files.put(file, bytesOf('{"a":1}'), json);
    await files.put(file, bytesOf('{"a":22}'), json);
    expect(await textOf(exportId, file.name)).toBe('{"a":22}');
    expect(await files.list(exportId)).toEqual([
      { name: 'manifest.json', bytes: 8, sha256: json.sha256 },
    ]);
    await files.remove(file);
    await files.remove(file);
    expect(await files.get(file)).toBeUndefined();
  });

  test('are listed beyond one page of the service', async () => {
    const exportId = await freshExport();
    const names = Array.from(
      { length: 1001 },
      (_, index) => `t-${String(index).padStart(5, '0')}.csv`,
    );
    await Promise.all(names.map((name) => files.put({ exportId, name }, bytesOf('x'), csv)));
    expect((await files.list(exportId)).map((file) => file.name)).toEqual(names);
  });

  test('go with their container, committed or not', async () => {
    const exportId = await freshExport();
    await files.put({ exportId, name: 'a.csv' }, bytesOf('x'), csv);
    await files.stageBlock({ exportId, name: 'b.csv' }, 0, bytesOf('y'), signal);
    await files.removeAll(exportId);
    expect(await files.exists(exportId)).toBe(false);
    expect(await files.list(exportId)).toEqual([]);
    expect(await files.get({ exportId, name: 'a.csv' })).toBeUndefined();
    await files.removeAll(exportId);
    await files.remove({ exportId, name: 'a.csv' });
  });

  test('of an id that no container can carry are a mistake', async () => {
    await expect(files.exists('../other')).rejects.toThrow(TypeError);
  });
});

describe('trouble with the storage', () => {
  test('an abort ends an upload with its reason and leaves nothing', async () => {
    const exportId = await freshExport();
    const file = { exportId, name: 'orders-00001.csv' };
    const abort = new AbortController();
    const reason = new Error('cancelled by the test');
    const staging = files.stageBlock(file, 0, randomBytes(8 * 1024 * 1024), abort.signal);
    await setImmediate();
    abort.abort(reason);
    await expect(staging).rejects.toBe(reason);
    expect(await files.list(exportId)).toEqual([]);
  });

  test('an upload into a container that is gone fails at once with an honest code', async () => {
    const file = { exportId: newestFirstId(new Date()), name: 'a.csv' };
    await expect(files.stageBlock(file, 0, bytesOf('x'), signal)).rejects.toMatchObject({
      code: 'storage_unavailable',
      internal: 'stage a block: ContainerNotFound, status 404',
    });
  });

  test('an outage is survived', async () => {
    const exportId = await freshExport();
    const file = { exportId, name: 'a.csv' };
    const bytes = randomBytes(1024);
    await azurite.pause();
    const writing = files.put(file, bytes, csv);
    await azurite.resume();
    await writing;
    const stored = await files.get(file);
    expect(stored && createHash('sha256').update(stored).digest('hex')).toBe(
      createHash('sha256').update(bytes).digest('hex'),
    );
  });
});

function containerOf(exportId: string) {
  return BlobServiceClient.fromConnectionString(azurite.connectionString).getContainerClient(
    `exp-${exportId}`,
  );
}
