import type { Compression } from '../core/exports/export-record.ts';
import type { Column } from '../core/sources/column.ts';
import type { CsvBatch, CsvStream } from '../core/sources/source.ts';
import { type BlockBuffers, type BlockTarget, createBlockBuffers } from './blocks.ts';
import { csvHeader } from './csv.ts';
import { openPart, type PartWriter, type WrittenPart } from './part-writer.ts';

export interface WritePartsInput {
  readonly stream: CsvStream;
  readonly columns: readonly Column[];
  /** Rows of every part but the last. */
  readonly partRows: number;
  readonly compression: Compression;
  /** 1 (fast, the default) to 9 (small). */
  readonly level?: number;
  /** The file's name of a part; the index begins at 1. */
  readonly partName: (partIndex: number) => string;
  /** Where the blocks of this file go. */
  readonly open: (name: string) => BlockTarget;
  /** Called after each commit; the next part begins when it is done. */
  readonly onPart: (part: WrittenPart) => Promise<void>;
  /** Called often, so it must be cheap and must not throw; the last call tells what was written in all. */
  readonly onProgress?: (progress: WriteProgress) => void;
  readonly signal: AbortSignal;
}

export interface WriteProgress {
  readonly rows: number;
  /** Stored bytes. */
  readonly bytes: number;
}

export interface WrittenTable extends WriteProgress {
  readonly parts: number;
  readonly uncompressedBytes: number;
}

/**
 * Writes a table's records into parts of exactly `partRows` rows, each with the header; a table
 * without rows is one part. Needs some 50 MiB whatever the table's size. When it throws (what the
 * stream, the target or `onPart` threw, or the signal's reason) the current part is not committed
 * and no upload is under way any more.
 */
export async function writeParts(input: WritePartsInput): Promise<WrittenTable> {
  requireRows(input.partRows);
  const header = csvHeader(input.columns);
  const buffers = createBlockBuffers();
  const open = (partIndex: number) => openNamedPart(input, partIndex, header, buffers);
  let done: WrittenTable = { parts: 0, rows: 0, bytes: 0, uncompressedBytes: 0 };
  let part: PartWriter | undefined;
  try {
    part = await open(1);
    // Ends with the stream.
    for (;;) {
      const batch = await readBatch(input, input.partRows - (part?.rows ?? 0));
      if (batch === undefined) break;
      part ??= await open(done.parts + 1);
      await part.write(batch.bytes, batch.rows);
      input.onProgress?.({ rows: done.rows + part.rows, bytes: done.bytes + part.bytes });
      if (part.rows < input.partRows) continue;
      done = await commit(part, done, input);
      part = undefined;
    }
    return part === undefined ? done : await commit(part, done, input);
  } catch (error) {
    await part?.abandon(error);
    // An abort shows as all sorts of errors further down; the reason says it best.
    input.signal.throwIfAborted();
    throw error;
  }
}

function requireRows(partRows: number): void {
  if (!Number.isSafeInteger(partRows) || partRows < 1) {
    throw new TypeError('A part takes a whole number of rows, at least 1.');
  }
}

function openNamedPart(
  input: WritePartsInput,
  partIndex: number,
  header: Uint8Array,
  buffers: BlockBuffers,
): Promise<PartWriter> {
  const name = input.partName(partIndex);
  const { compression, level = 1, signal } = input;
  const target = input.open(name);
  return openPart({ partIndex, name, header, compression, level, target, buffers, signal });
}

async function readBatch(input: WritePartsInput, rowsMax: number): Promise<CsvBatch | undefined> {
  input.signal.throwIfAborted();
  const batch = await input.stream.read(rowsMax);
  if (batch !== undefined && batch.rows > rowsMax) {
    throw new TypeError('The stream gave more rows than asked for.');
  }
  return batch;
}

async function commit(
  part: PartWriter,
  done: WrittenTable,
  input: WritePartsInput,
): Promise<WrittenTable> {
  const written = await part.commit();
  await input.onPart(written);
  const total: WrittenTable = {
    parts: done.parts + 1,
    rows: done.rows + written.rows,
    bytes: done.bytes + written.bytes,
    uncompressedBytes: done.uncompressedBytes + written.uncompressedBytes,
  };
  // What is compressed or uploaded last is known only now; whoever kept the progress would keep too little.
  input.onProgress?.({ rows: total.rows, bytes: total.bytes });
  return total;
}
