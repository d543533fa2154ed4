import { toError } from '../host-error.ts';
import type { Call, OnBegin, Outcome } from '../invoke/invoker.ts';
import type { HostFunction, TriggerKind } from '../loader/functions.ts';
import type { HostLog } from '../log.ts';
import type { WorkerStart } from './messages.ts';
import { exitMessage, failed, WorkerThread } from './worker-thread.ts';

/** The real host gives up at the third death; one that comes half an hour after the last counts as the first. */
const deathsMax = 3;
const forgottenAfterMs = 30 * 60_000;

/** What the real host says of calls that were under way when it restarted in its process. */
function restartFailure(kind: TriggerKind): string {
  return kind === 'orchestration'
    ? 'Did not find any initialized language workers'
    : exitMessage(137);
}

/** Keeps a worker alive: when one dies, its calls fail, and the next one takes the calls that come. */
export class LanguageWorker {
  readonly #start: WorkerStart;
  readonly #log: HostLog;
  readonly #onGivenUp: (reason: string) => void;
  #current: Promise<WorkerThread>;
  #thread: WorkerThread;
  #deaths: number[] = [];
  #state: 'serving' | 'discarded' | 'stopped' = 'serving';

  constructor(start: WorkerStart, log: HostLog, onGivenUp: (reason: string) => void) {
    this.#start = start;
    this.#log = log;
    this.#onGivenUp = onGivenUp;
    this.#thread = new WorkerThread(start, log);
    this.#current = Promise.resolve(this.#thread);
  }

  /** The functions of the app; rejects when it can't be loaded. To be called once, before anything else. */
  async functions(): Promise<readonly HostFunction[]> {
    const thread = this.#thread;
    try {
      const functions = await thread.loaded;
      this.#watch(thread);
      return functions;
    } catch (error) {
      thread.kill();
      throw error;
    }
  }

  /** Calls a function, as soon as there is a worker. Never rejects. */
  async invoke(call: Call, onBegin: OnBegin = () => undefined): Promise<Outcome> {
    const thread = await this.#current;
    if (this.#state === 'discarded') return failed(restartFailure(call.target.kind));
    // What comes too late is never called, so that it is still there for the next host.
    if (this.#state === 'stopped') return await new Promise(() => undefined);
    return await thread.call(call, onBegin);
  }

  /** The worker dies as by kill −9, and a new one is started. */
  kill(): void {
    this.#thread.kill();
  }

  /** The worker dies because its host restarts; no other takes its place here. */
  discard(): void {
    this.#state = 'discarded';
    this.#thread.kill(restartFailure);
  }

  /** Lets the app run its last hooks. */
  async stop(): Promise<void> {
    this.#state = 'stopped';
    await this.#thread.stop();
  }

  #watch(thread: WorkerThread): void {
    void thread.died.then((code) => this.#replace(code));
  }

  #replace(code: number): void {
    if (this.#state !== 'serving') return;
    this.#log.write('error', exitMessage(code));
    const now = Date.now();
    const last = this.#deaths.at(-1) ?? now;
    this.#deaths = now - last > forgottenAfterMs ? [now] : [...this.#deaths, now];
    if (this.#deaths.length >= deathsMax) {
      this.#giveUp();
      return;
    }
    this.#thread = new WorkerThread(this.#start, this.#log);
    this.#current = this.#whenLoaded(this.#thread);
  }

  #giveUp(): void {
    this.#state = 'stopped';
    this.#onGivenUp(
      'Exceeded language worker restart retry count for runtime:node. Shutting down the host.',
    );
  }

  async #whenLoaded(thread: WorkerThread): Promise<WorkerThread> {
    try {
      await thread.loaded;
    } catch (error) {
      if (this.#state !== 'serving') return thread;
      this.#log.write('error', `The app could not be loaded again: ${toError(error).message}`);
      thread.kill();
      this.#replace(await thread.died);
      return await this.#current;
    }
    this.#watch(thread);
    return thread;
  }
}
