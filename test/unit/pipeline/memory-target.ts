import { setImmediate } from 'node:timers/promises';
import type { BlockTarget } from '../../../lib/pipeline/blocks.ts';

/** Keeps committed files in memory and watches how it is used. */
export interface MemoryTarget {
  readonly open: (name: string) => BlockTarget;
  /** Committed files, in the order of their commits. */
  readonly files: ReadonlyMap<string, Buffer>;
  /** What the commits said. */
  readonly sha256s: ReadonlyMap<string, string>;
  readonly blockSizes: readonly number[];
  readonly inFlightNow: number;
  readonly inFlightMax: number;
}

export interface MemoryTargetOptions {
  /** Waits here during every upload. */
  readonly onStage?: (blockIndex: number, signal: AbortSignal) => Promise<void>;
  readonly onCommit?: (name: string) => Promise<void>;
}

/** Takes each block's bytes only at the end of its upload, so a buffer reused too early shows. */
export function createMemoryTarget({
  onStage = () => setImmediate(),
  onCommit = async () => {},
}: MemoryTargetOptions = {}): MemoryTarget {
  const files = new Map<string, Buffer>();
  const sha256s = new Map<string, string>();
  const blockSizes: number[] = [];
  const inFlight = { now: 0, max: 0 };

  function open(name: string): BlockTarget {
    const blocks: Buffer[] = [];
    return {
      async stageBlock(blockIndex, bytes, signal) {
        inFlight.now += 1;
        inFlight.max = Math.max(inFlight.max, inFlight.now);
        try {
          await onStage(blockIndex, signal);
          blocks[blockIndex] = Buffer.from(bytes);
          blockSizes.push(bytes.byteLength);
        } finally {
          inFlight.now -= 1;
        }
      },
      async commit(blockCount, sha256) {
        await onCommit(name);
        files.set(name, Buffer.concat(blocks.slice(0, blockCount)));
        sha256s.set(name, sha256);
      },
    };
  }

  return {
    open,
    files,
    sha256s,
    blockSizes,
    get inFlightNow() {
      return inFlight.now;
    },
    get inFlightMax() {
      return inFlight.max;
    },
  };
}
