import type { Compressor, Emit } from './compressor.ts';

/** A compressed format, fed with chunks of a fixed size; only the last one may be shorter. */
export interface Codec {
  /** How many chunks may be compressed at once. */
  readonly jobsMax: number;
  readonly head: Uint8Array;
  /** The chunk stays untouched until the promise settles. */
  compress(chunk: Uint8Array): Promise<Uint8Array>;
  /** Called once, when every chunk is compressed. */
  tail(): Promise<Uint8Array>;
  close(): void;
}

// Fixed, so that a file's bytes never depend on how its input arrived.
const chunkBytes = 1024 * 1024;

interface Job {
  readonly buffer: Uint8Array;
  readonly result: Promise<Uint8Array>;
}

/** Cuts the input into chunks, compresses several at once and hands the results on in order. */
export function createChunkedCompressor(codec: Codec, emit: Emit): Compressor {
  const free: Uint8Array[] = [];
  const jobs: Job[] = [];
  let current: Uint8Array | undefined;
  let filledBytes = 0;
  let begun = false;

  async function compressCurrent(): Promise<void> {
    if (current === undefined || filledBytes === 0) return;
    while (jobs.length >= codec.jobsMax) await emitOldest();
    const result = codec.compress(current.subarray(0, filledBytes));
    // Its failure is met when its turn comes; until then it must not count as unhandled.
    result.catch(() => {});
    jobs.push({ buffer: current, result });
    current = undefined;
    filledBytes = 0;
  }

  async function emitOldest(): Promise<void> {
    const job = jobs[0];
    if (job === undefined) return;
    const bytes = await job.result;
    jobs.shift();
    free.push(job.buffer);
    await begin();
    await emit(bytes);
  }

  async function begin(): Promise<void> {
    if (begun) return;
    begun = true;
    await emit(codec.head);
  }

  return {
    async write(bytes) {
      for (let start = 0; start < bytes.byteLength; ) {
        current ??= free.pop() ?? Buffer.allocUnsafeSlow(chunkBytes);
        const taken = bytes.subarray(start, start + chunkBytes - filledBytes);
        current.set(taken, filledBytes);
        filledBytes += taken.byteLength;
        start += taken.byteLength;
        if (filledBytes === chunkBytes) await compressCurrent();
      }
    },
    async end() {
      await compressCurrent();
      while (jobs.length > 0) await emitOldest();
      await begin();
      await emit(await codec.tail());
      codec.close();
    },
    async abandon() {
      await Promise.allSettled(jobs.map((job) => job.result));
      codec.close();
    },
  };
}
