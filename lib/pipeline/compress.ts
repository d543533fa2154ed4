import { availableParallelism } from 'node:os';
import type { Compression } from '../core/exports/export-record.ts';
import { createChunkedCompressor } from './chunked-compressor.ts';
import { createGzipCodec } from './gzip-codec.ts';
import { createZstdCodec } from './zstd-codec.ts';

/** Takes a file's bytes piece by piece and hands on what is to be stored. */
export interface Compressor {
  /** The bytes may be reused as soon as this is done. */
  write(bytes: Uint8Array): Promise<void>;
  /** Hands on the rest; the file is complete then. */
  end(): Promise<void>;
  /** Lets go of a file that is not finished; nothing is handed on afterwards. */
  abandon(): Promise<void>;
}

/** Takes the next stored bytes, which may be reused as soon as it is done. */
export type Emit = (bytes: Uint8Array) => Promise<void>;

const gzipJobsMax = Math.min(4, availableParallelism());

/**
 * One complete stream of its own per compressor, and the same bytes for the same input however it
 * is sliced. The level goes from 1 (fast) to 9 (small).
 */
export function createCompressor(compression: Compression, level: number, emit: Emit): Compressor {
  switch (compression) {
    case 'gzip':
      return createChunkedCompressor(createGzipCodec(level, gzipJobsMax), emit);
    case 'zstd':
      return createChunkedCompressor(createZstdCodec(level), emit);
    case 'none':
      return { write: emit, end: async () => {}, abandon: async () => {} };
  }
}
