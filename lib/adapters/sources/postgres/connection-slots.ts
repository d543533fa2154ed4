import { SluiceError } from '../../../core/errors.ts';
import type { SnapshotRequest } from '../../../core/sources/source.ts';
import { cancelledError } from './translate-error.ts';

type Purpose = NonNullable<SnapshotRequest['purpose']>;

interface Waiting {
  readonly purpose: Purpose;
  readonly enter: () => void;
}

/**
 * The connections that one instance opens to one source. Describing takes a few of them at most, so that
 * no number of people who look at their tables keeps an export waiting. Whoever comes first is first.
 */
export class ConnectionSlots {
  readonly #source: string;
  readonly #most: Readonly<Record<'all' | Purpose, number>>;
  readonly #taken: Record<Purpose, number> = { describing: 0, exporting: 0 };
  readonly #waiting: Waiting[] = [];

  constructor(source: string, connectionsMax: number) {
    this.#source = source;
    this.#most = {
      all: connectionsMax,
      exporting: connectionsMax,
      describing: Math.min(describingMax, connectionsMax - 1),
    };
  }

  /** Answers how to give the slot back. Throws `source_busy` when none comes free in ten seconds. */
  async take({ purpose = 'exporting', signal }: SnapshotRequest): Promise<() => void> {
    if (signal.aborted) throw cancelledError(signal);
    if (this.#hasRoom(purpose)) this.#taken[purpose] += 1;
    else await this.#wait(purpose, signal);
    let isTaken = true;
    return () => {
      if (!isTaken) return;
      isTaken = false;
      this.#taken[purpose] -= 1;
      this.#letIn();
    };
  }

  #hasRoom(purpose: Purpose): boolean {
    const { describing, exporting } = this.#taken;
    return describing + exporting < this.#most.all && this.#taken[purpose] < this.#most[purpose];
  }

  #letIn(): void {
    const next = this.#waiting.findIndex(({ purpose }) => this.#hasRoom(purpose));
    if (next >= 0) this.#waiting.splice(next, 1)[0]?.enter();
  }

  async #wait(purpose: Purpose, signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    // Counted at once: whoever asks before the waiting one wakes up must find the slot taken.
    const enter = () => {
      this.#taken[purpose] += 1;
      resolve();
    };
    const entry: Waiting = { purpose, enter };
    const leave = () => {
      const at = this.#waiting.indexOf(entry);
      if (at < 0) return;
      this.#waiting.splice(at, 1);
      reject(signal.aborted ? cancelledError(signal) : sourceBusy(this.#source));
    };
    this.#waiting.push(entry);
    const deadline = setTimeout(leave, waitMs);
    signal.addEventListener('abort', leave);
    try {
      await promise;
    } finally {
      clearTimeout(deadline);
      signal.removeEventListener('abort', leave);
    }
  }
}

function sourceBusy(source: string): SluiceError {
  return new SluiceError('source_busy', {
    message: 'The data source has no free connection for us. Try again later.',
    retryAfterSeconds: 30,
    internal: `Source ${source}: all connections of this instance are in use (maxConnections in the catalog).`,
  });
}

const describingMax = 2;
const waitMs = 10_000;
