import { availableParallelism } from 'node:os';
import type { Compression } from '../core/exports/export-record.ts';
import { createChunkedCompressor } from './chunked-compressor.ts';
import type { Compressor, Emit } from './compressor.ts';
import { createGzipCodec } from './gzip-codec.ts';
import { createZstdCodec } from './zstd-codec.ts';

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
