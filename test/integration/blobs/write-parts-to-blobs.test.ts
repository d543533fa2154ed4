import { createHash } from 'node:crypto';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createBlobExportFiles } from '../../../lib/adapters/blobs/blob-export-files.ts';
import { emulatorAccount } from '../../../lib/adapters/shared/storage-options.ts';
import type { ExportFiles } from '../../../lib/core/exports/export-files.ts';
import type { Compression } from '../../../lib/core/exports/export-record.ts';
import { newestFirstId } from '../../../lib/core/ids.ts';
import { limits } from '../../../lib/core/limits.ts';
import type { CsvStream } from '../../../lib/core/sources/source.ts';
import { blockBytes } from '../../../lib/pipeline/blocks.ts';
import { partFileName, partTarget } from '../../../lib/pipeline/part-files.ts';
import type { WrittenPart } from '../../../lib/pipeline/part-writer.ts';
import { writeParts } from '../../../lib/pipeline/write-parts.ts';
import { type Azurite, startAzurite } from '../../support/azurite.ts';

let azurite: Azurite;
let files: ExportFiles;

beforeAll(async () => {
  azurite = await startAzurite();
  files = createBlobExportFiles(emulatorAccount(azurite.connectionString));
});

afterAll(() => azurite.stop());

const id = {
  name: 'id',
  type: 'integer',
  sourceType: 'integer',
  nullable: false,
  key: true,
} as const;
const decompressors = {
  gzip: gunzipSync,
  zstd: zstdDecompressSync,
  none: (bytes: Uint8Array) => Buffer.from(bytes),
} as const satisfies Record<Compression, (bytes: Uint8Array) => Buffer>;

interface Order {
  readonly exportId: string;
  readonly stream: CsvStream;
  readonly compression?: Compression;
  readonly partRows?: number;
  readonly onProgress?: () => void;
}

async function write(order: Order): Promise<readonly WrittenPart[]> {
  const { exportId, stream, compression = 'gzip', partRows = limits.partRows } = order;
  const parts: WrittenPart[] = [];
  await writeParts({
    stream,
    columns: [id],
    partRows,
    compression,
    partName: (partIndex) => partFileName('orders', partIndex, compression),
    open: (name) => partTarget(files, { exportId, name }, compression),
    onPart: async (part) => {
      parts.push(part);
    },
    onProgress: order.onProgress ?? (() => {}),
    signal: new AbortController().signal,
  });
  return parts;
}

async function freshExport(): Promise<string> {
  const exportId = newestFirstId(new Date());
  await files.create(exportId);
  return exportId;
}

/** The records 0 to rows-1, in batches of uneven size. */
function idStream(rows: number, pad = ''): CsvStream {
  let next = 0;
  return {
    kind: 'csv',
    async read(rowsMax) {
      if (next === rows) return undefined;
      const from = next;
      next = Math.min(from + 7919, from + rowsMax, rows);
      let text = '';
      for (let row = from; row < next; row += 1) text += `${row}${pad}\n`;
      return { bytes: Buffer.from(text), rows: next - from };
    },
  };
}

/** What the stored files say of themselves, in the order of their names. */
async function readParts(exportId: string, compression: Compression) {
  const stored = await files.list(exportId);
  return await Promise.all(
    stored.map(async ({ name, sha256 }) => {
      const bytes = await files.get({ exportId, name });
      if (bytes === undefined) throw new Error(`${name} is listed but not there.`);
      const content = decompressors[compression](bytes);
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
      return { name, sha256, bytes: bytes.length, uncompressedBytes: content.length, content };
    }),
  );
}

describe('parts in Blob Storage', () => {
  test.each([
    [0, [0]],
    [1, [1]],
    [999_999, [999_999]],
    [1_000_000, [1_000_000]],
    [1_000_001, [1_000_000, 1]],
    [2_000_000, [1_000_000, 1_000_000]],
  ])('L5 %i rows make parts of exactly %j rows', async (rows, expectedRows) => {
    const exportId = await freshExport();
    const parts = await write({ exportId, stream: idStream(rows) });
    const stored = await readParts(exportId, 'gzip');
    const lines = stored.map(({ content }) => content.toString().split('\n'));

    expect(lines.map((part) => part.length - 2)).toEqual(expectedRows);
    expect(lines.map((part) => [part[0], part.at(-1)])).toEqual(
      expectedRows.map(() => ['"id"', '']),
    );
    // Compared by a flag: a difference of a million lines would drown the report.
    const records = lines.flatMap((part) => part.slice(1, -1));
    expect(records.every((record, index) => record === String(index))).toBe(true);
    expect(parts).toEqual(
      stored.map(({ content: _, ...facts }, index) => ({
        ...facts,
        partIndex: index + 1,
        rows: expectedRows[index],
      })),
    );
  });

  test.each(['gzip', 'zstd', 'none'] as const)(
    'a big %s part of several blocks has the recorded digest, and a second run gives the same bytes',
    async (compression) => {
      const [first, second] = [await freshExport(), await freshExport()];
      // Noise that does not shrink much, so that gzip and zstd need several blocks, too.
      const noise = (row: number) => createHash('sha512').update(String(row)).digest('base64');
      const stream = () => recordStream(260_000, (row) => `${noise(row)}\n`);
      const parts = await write({ exportId: first, stream: stream(), compression });
      const again = await write({ exportId: second, stream: stream(), compression });
      expect(parts).toHaveLength(1);
      expect(parts[0]?.bytes).toBeGreaterThan(2 * blockBytes);
      expect(again).toEqual(parts);
      const stored = await readParts(first, compression);
      expect(stored.map(({ sha256, bytes }) => ({ sha256, bytes }))).toEqual(
        parts.map(({ sha256, bytes }) => ({ sha256, bytes })),
      );
    },
  );

  test('a run that is repeated replaces the files of the run before', async () => {
    const exportId = await freshExport();
    await write({ exportId, stream: idStream(30, 'old'), partRows: 10 });
    await write({ exportId, stream: idStream(25), partRows: 10 });
    const stored = await readParts(exportId, 'gzip');
    expect(stored.map(({ content }) => content.toString().split('\n').at(-2))).toEqual([
      '9',
      '19',
      '24',
    ]);
  });

  test('an outage of the storage in the middle loses nothing', async () => {
    const exportId = await freshExport();
    let outage: Promise<void> | undefined;
    const parts = await write({
      exportId,
      stream: idStream(100_000),
      partRows: 20_000,
      onProgress: () => {
        outage ??= azurite.restart();
      },
    });
    await outage;
    const stored = await readParts(exportId, 'gzip');
    expect(parts.map(({ rows }) => rows)).toEqual([20_000, 20_000, 20_000, 20_000, 20_000]);
    expect(stored.map(({ sha256 }) => sha256)).toEqual(parts.map(({ sha256 }) => sha256));
  });
});

function recordStream(rows: number, record: (row: number) => string): CsvStream {
  let next = 0;
  return {
    kind: 'csv',
    async read(rowsMax) {
      if (next === rows) return undefined;
      const from = next;
      next = Math.min(from + 1000, from + rowsMax, rows);
      const records = Array.from({ length: next - from }, (_, offset) => record(from + offset));
      return { bytes: Buffer.from(records.join('')), rows: next - from };
    },
  };
}
