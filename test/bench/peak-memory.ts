import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** Watches the resident memory of a running process. */
export interface MemoryWatch extends Disposable {
  /** The highest so far; ask while the process still runs. */
  peakBytes(): Promise<number>;
}

/** How the peak is found here: the kernel's own mark on Linux, looking often elsewhere. */
export const memoryMethod =
  process.platform === 'linux' ? 'VmHWM of the process' : 'ps, every 250 ms';

export function watchMemory(pid: number): MemoryWatch {
  return process.platform === 'linux' ? kernelMark(pid) : sampled(pid);
}

function kernelMark(pid: number): MemoryWatch {
  return {
    async peakBytes() {
      const status = await readFile(`/proc/${pid}/status`, 'utf8');
      const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
      if (kibibytes === undefined) throw new Error('The kernel tells no VmHWM.');
      return Number(kibibytes) * 1024;
    },
    [Symbol.dispose]() {},
  };
}

function sampled(pid: number): MemoryWatch {
  let peakBytes = 0;
  const look = async () => {
    const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)]);
    peakBytes = Math.max(peakBytes, Number(stdout) * 1024);
  };
  // One look that fails is made up for by the next; the last one, below, must not fail.
  const timer = setInterval(() => void look().catch(() => {}), 250);
  return {
    async peakBytes() {
      await look();
      return peakBytes;
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}
