import { constants, createZstdCompress } from 'node:zlib';
import type { Codec } from './chunked-compressor.ts';
import { callsOf } from './zlib-stream.ts';

/** Zstandard (RFC 8878) as one single frame with a checksum, compressed in the thread pool. */
export function createZstdCodec(level: number): Codec {
  const params = {
    [constants.ZSTD_c_compressionLevel]: level,
    [constants.ZSTD_c_checksumFlag]: 1,
  };
  const { write, end, close } = callsOf(createZstdCompress({ params }));
  // Chunks of one frame follow one another.
  return { jobsMax: 1, head: new Uint8Array(0), compress: write, tail: end, close };
}
