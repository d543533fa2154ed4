/** Where the blocks of one file go; see `ExportFiles`. */
export interface BlockTarget {
  stageBlock(blockIndex: number, bytes: Uint8Array, signal: AbortSignal): Promise<void>;
  /** Makes the file of blocks 0 to count-1. */
  commit(blockCount: number, sha256: string, signal: AbortSignal): Promise<void>;
}

/** Collects one file's bytes into blocks and uploads several at once. */
export interface BlockWriter {
  /** The bytes may be reused as soon as this is done. Throws what an upload before it threw. */
  write(bytes: Uint8Array): Promise<void>;
  /** Uploads the rest and waits for every upload; nothing is committed. Returns the count of blocks. */
  finish(): Promise<number>;
  /** Waits until no upload is under way; whoever calls it has aborted the signal. */
  settle(): Promise<void>;
}

/** Buffers of one block each, handed round among the files of one table. */
export interface BlockBuffers {
  take(): Uint8Array;
  giveBack(buffer: Uint8Array): void;
}

export const blockBytes = 8 * 1024 * 1024;
export const uploadsMax = 4;

/** Makes a buffer only when none is free, so a small file costs one. */
export function createBlockBuffers(): BlockBuffers {
  const free: Uint8Array[] = [];
  return {
    take: () => free.pop() ?? Buffer.allocUnsafeSlow(blockBytes),
    giveBack: (buffer) => {
      free.push(buffer);
    },
  };
}

/** At most four blocks are on their way while a fifth is filled: 40 MiB. */
export function createBlockWriter(
  target: BlockTarget,
  buffers: BlockBuffers,
  signal: AbortSignal,
): BlockWriter {
  const uploads = new Set<Promise<void>>();
  let current: Uint8Array | undefined;
  let filledBytes = 0;
  let blockCount = 0;

  async function uploadCurrent(): Promise<void> {
    if (current === undefined || filledBytes === 0) return;
    while (uploads.size >= uploadsMax) await Promise.race(uploads);
    signal.throwIfAborted();
    startUpload(current, filledBytes);
    current = undefined;
    filledBytes = 0;
  }

  function startUpload(buffer: Uint8Array, bytes: number): void {
    const upload = stage(blockCount, buffer, bytes);
    blockCount += 1;
    uploads.add(upload);
    // A failed upload stays in the set, so that the next race meets its error.
    upload.then(
      () => uploads.delete(upload),
      () => {},
    );
  }

  async function stage(blockIndex: number, buffer: Uint8Array, bytes: number): Promise<void> {
    try {
      await target.stageBlock(blockIndex, buffer.subarray(0, bytes), signal);
    } finally {
      buffers.giveBack(buffer);
    }
  }

  return {
    async write(bytes) {
      for (let start = 0; start < bytes.byteLength; ) {
        current ??= buffers.take();
        const taken = bytes.subarray(start, start + blockBytes - filledBytes);
        current.set(taken, filledBytes);
        filledBytes += taken.byteLength;
        start += taken.byteLength;
        if (filledBytes === blockBytes) await uploadCurrent();
      }
    },
    async finish() {
      await uploadCurrent();
      await Promise.all(uploads);
      return blockCount;
    },
    async settle() {
      await Promise.allSettled(uploads);
    },
  };
}
