import { toError } from '../host-error.ts';
import type { HostLog } from '../log.ts';

const retryDelayMs = 1_000;

/** Runs episodes: many instances at once up to a limit, one instance never twice at a time. */
export class Dispatcher {
  readonly #run: (instanceId: string) => Promise<void>;
  readonly #log: HostLog;
  readonly #concurrencyMax: number;
  readonly #ready = new Set<string>();
  readonly #held = new Set<string>();
  readonly #running = new Map<string, Promise<void>>();
  #isStopped = false;

  constructor(run: (instanceId: string) => Promise<void>, concurrencyMax: number, log: HostLog) {
    this.#run = run;
    this.#concurrencyMax = concurrencyMax;
    this.#log = log;
  }

  /** Runs the instance soon; calls in between are one. */
  wake(instanceId: string): void {
    this.#ready.add(instanceId);
    // In the next turn of the event loop, so that completions which arrive together make one episode.
    setImmediate(() => this.#pump());
  }

  /** Keeps instances back for a time, as messages of a crashed host stay invisible on Azure. */
  hold(instanceIds: readonly string[], delayMs: number): void {
    for (const id of instanceIds) this.#held.add(id);
    setTimeout(() => {
      for (const id of instanceIds) this.#held.delete(id);
      this.#pump();
    }, delayMs).unref();
  }

  /** Starts no episode any more and waits for those that run. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all(this.#running.values());
  }

  #pump(): void {
    for (const id of this.#ready) {
      if (this.#isStopped || this.#running.size >= this.#concurrencyMax) return;
      if (this.#running.has(id) || this.#held.has(id)) continue;
      this.#ready.delete(id);
      this.#running.set(id, this.#runOne(id));
    }
  }

  async #runOne(id: string): Promise<void> {
    try {
      await this.#run(id);
    } catch (error) {
      // Nothing was committed, so the messages are still there; this is a fault of the host or its disk.
      this.#log.write('critical', `Episode of ${id} could not be run: ${toError(error).stack}`);
      setTimeout(() => this.wake(id), retryDelayMs).unref();
    } finally {
      this.#running.delete(id);
      setImmediate(() => this.#pump());
    }
  }
}
