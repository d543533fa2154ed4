import { SluiceError } from '../../../core/errors.ts';
import { ReaderProcess } from './reader-process.ts';

/** So long a process waits for its next snapshot; an export opens one table after the other. */
const idleMs = 5_000;

/** Reader processes of one source: starting one takes longer than reading a small table. */
export class ReaderPool {
  readonly #source: string;
  readonly #idle = new Map<ReaderProcess, NodeJS.Timeout>();

  constructor(source: string) {
    this.#source = source;
  }

  /** A process that holds nothing of anybody. */
  take(): ReaderProcess {
    for (const [reader, timer] of this.#idle) {
      clearTimeout(timer);
      this.#idle.delete(reader);
      if (reader.isEnded) continue;
      reader.wake();
      return reader;
    }
    return new ReaderProcess(this.#source);
  }

  /** Takes a process back once its file is closed; one that is still busy is ended instead. */
  async give(reader: ReaderProcess): Promise<void> {
    if (reader.isBusy || !(await isClosed(reader))) {
      reader.end(notNeeded());
      return reader.gone;
    }
    reader.rest();
    const timer = setTimeout(() => {
      this.#idle.delete(reader);
      reader.end(notNeeded());
    }, idleMs);
    this.#idle.set(reader, timer.unref());
  }

  async close(): Promise<void> {
    const readers = [...this.#idle.keys()];
    for (const timer of this.#idle.values()) clearTimeout(timer);
    this.#idle.clear();
    for (const reader of readers) {
      // Else nothing would wait for its end, which is waited for here.
      reader.wake();
      reader.end(notNeeded());
    }
    await Promise.all(readers.map(({ gone }) => gone));
  }
}

async function isClosed(reader: ReaderProcess): Promise<boolean> {
  try {
    await reader.ask('close', undefined);
    return true;
  } catch {
    return false;
  }
}

function notNeeded(): SluiceError {
  return new SluiceError('cancelled', { internal: 'The snapshot was closed.' });
}
