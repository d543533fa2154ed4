import type { Compression } from '../core/exports/export-record.ts';
import {
  type BlockBuffers,
  type BlockTarget,
  type BlockWriter,
  createBlockWriter,
} from './blocks.ts';
import { createCompressor } from './compress.ts';
import type { Compressor } from './compressor.ts';
import { createTally } from './tally.ts';

/** What is known of a part when it is committed. */
export interface WrittenPart {
  /** 1 and up. */
  readonly partIndex: number;
  readonly name: string;
  readonly rows: number;
  /** As stored. */
  readonly bytes: number;
  /** With the header. */
  readonly uncompressedBytes: number;
  /** Of the stored bytes, hex. */
  readonly sha256: string;
}

export interface PartOptions {
  readonly partIndex: number;
  readonly name: string;
  readonly header: Uint8Array;
  readonly compression: Compression;
  readonly level: number;
  readonly target: BlockTarget;
  readonly buffers: BlockBuffers;
  readonly signal: AbortSignal;
}

/** One part on its way into storage. */
export interface PartWriter {
  readonly rows: number;
  /** Stored bytes so far. */
  readonly bytes: number;
  /** Whole records; the bytes may be reused as soon as this is done. */
  write(records: Uint8Array, rows: number): Promise<void>;
  /** Makes the file visible. */
  commit(): Promise<WrittenPart>;
  /** Lets go: when this is done nothing is under way any more and nothing was committed. */
  abandon(reason: unknown): Promise<void>;
}

/** Begins a part with the header record. */
export async function openPart(options: PartOptions): Promise<PartWriter> {
  const failure = new AbortController();
  const signal = AbortSignal.any([options.signal, failure.signal]);
  const tally = createTally();
  const blocks = createBlockWriter(options.target, options.buffers, signal);
  const compressor = createCompressor(options.compression, options.level, async (bytes) => {
    tally.add(bytes);
    await blocks.write(bytes);
  });
  let rows = 0;
  let uncompressedBytes = options.header.byteLength;
  await compressor.write(options.header);

  return {
    get rows() {
      return rows;
    },
    get bytes() {
      return tally.bytes;
    },
    async write(records, recordRows) {
      rows += recordRows;
      uncompressedBytes += records.byteLength;
      await compressor.write(records);
    },
    async commit() {
      await compressor.end();
      const blockCount = await blocks.finish();
      const { partIndex, name } = options;
      const facts = { bytes: tally.bytes, uncompressedBytes, sha256: tally.sha256() };
      signal.throwIfAborted();
      await options.target.commit(blockCount, facts.sha256, signal);
      return { partIndex, name, rows, ...facts };
    },
    abandon: (reason) => letGo(failure, reason, compressor, blocks),
  };
}

async function letGo(
  failure: AbortController,
  reason: unknown,
  compressor: Compressor,
  blocks: BlockWriter,
): Promise<void> {
  failure.abort(reason);
  await compressor.abandon();
  await blocks.settle();
}
