import { constants, crc32, createDeflateRaw } from 'node:zlib';
import type { Codec } from './chunked-compressor.ts';
import { callsOf } from './zlib-stream.ts';

// Room for most compressed chunks at once; each further piece costs a trip to the thread pool.
const outputPieceBytes = 256 * 1024;

// An empty last block of deflate.
const endOfDeflate = [0x03, 0x00];

/**
 * gzip (RFC 1952) as one single member. Every chunk is deflated on its own in the thread pool and
 * ends on a byte border (sync flush), so the pieces put together are one deflate stream.
 */
export function createGzipCodec(level: number, jobsMax: number): Codec {
  const deflaters = createDeflaters(level);
  let checksum = 0;
  let inputBytes = 0;
  return {
    jobsMax,
    head: headOf(level),
    compress(chunk) {
      checksum = crc32(chunk, checksum);
      inputBytes += chunk.byteLength;
      return deflaters.deflate(chunk);
    },
    async tail() {
      const trailer = Buffer.alloc(8);
      trailer.writeUInt32LE(checksum, 0);
      trailer.writeUInt32LE(inputBytes % 2 ** 32, 4);
      return Buffer.concat([Buffer.from(endOfDeflate), trailer]);
    },
    close: deflaters.close,
  };
}

// No name, no time, unknown system: nothing that differs from run to run.
function headOf(level: number): Uint8Array {
  const effort = level === 1 ? 4 : level === 9 ? 2 : 0;
  return Uint8Array.of(0x1f, 0x8b, 0x08, 0, 0, 0, 0, 0, effort, 0xff);
}

/** As many deflate streams as are busy at once, used again: making one costs 300 KiB. */
function createDeflaters(level: number) {
  const made: Deflater[] = [];
  const idle: Deflater[] = [];
  return {
    async deflate(chunk: Uint8Array): Promise<Uint8Array> {
      const deflater = idle.pop() ?? createDeflater(level);
      if (!made.includes(deflater)) made.push(deflater);
      // Forgets the chunk before: in the file another one stands in front of this.
      deflater.reset();
      const bytes = await deflater.write(chunk);
      idle.push(deflater);
      return bytes;
    },
    close() {
      for (const deflater of made) deflater.close();
    },
  };
}

type Deflater = ReturnType<typeof createDeflater>;

// At level 1 a window of 8 KiB stays in the processor's cache: a quarter less time at the same size.
const fastWindow = { windowBits: 13, memLevel: 9 };

function createDeflater(level: number) {
  const stream = createDeflateRaw({
    level,
    ...(level === 1 ? fastWindow : {}),
    flush: constants.Z_SYNC_FLUSH,
    chunkSize: outputPieceBytes,
  });
  return { ...callsOf(stream), reset: () => stream.reset() };
}
