import { extname } from 'node:path';
import { SHARE_ENV, Worker } from 'node:worker_threads';
import { HostError } from '../host-error.ts';
import type { Call, OnBegin, Outcome } from '../invoke/invoker.ts';
import type { HostFunction, TriggerKind } from '../loader/functions.ts';
import type { HostLog } from '../log.ts';
import type { CallMessage, FromWorker, ToWorker, WireError, WorkerStart } from './messages.ts';

interface Running {
  readonly kind: TriggerKind;
  readonly onBegin: OnBegin;
  readonly settle: (outcome: Outcome) => void;
}

/** What a process that was ended by SIGKILL leaves behind, and one that ran out of memory. */
const killedCode = 137;
const outOfMemoryCode = 134;

/** One thread with the app in it. Once it has died, its calls have failed and nothing of it goes on. */
export class WorkerThread {
  readonly #thread: Worker;
  readonly #log: HostLog;
  readonly #running = new Map<number, Running>();
  readonly #loaded = Promise.withResolvers<readonly HostFunction[]>();
  readonly #died = Promise.withResolvers<number>();
  readonly #stopped = Promise.withResolvers<void>();
  #calls = 0;
  #exitCode: number | undefined;

  constructor(start: WorkerStart, log: HostLog) {
    this.#log = log;
    // TypeScript in the source tree, JavaScript in a build.
    const code = new URL(`./thread${extname(import.meta.filename)}`, import.meta.url);
    this.#thread = new Worker(code, { workerData: start, env: SHARE_ENV });
    this.#thread.on('message', (message: FromWorker) => this.#hear(message));
    this.#thread.on('error', (error) => this.#die(codeOf(error), error));
    this.#thread.on('exit', (code) => this.#die(code));
    this.#loaded.promise.catch(() => undefined);
  }

  /** The functions of the app; rejects when it could not be loaded. */
  get loaded(): Promise<readonly HostFunction[]> {
    return this.#loaded.promise;
  }

  /** Resolves when the thread is gone, with the code that a process would have ended with. */
  get died(): Promise<number> {
    return this.#died.promise;
  }

  get isDead(): boolean {
    return this.#exitCode !== undefined;
  }

  /** Never rejects. */
  call({ target, data, triggerMetadata }: Call, onBegin: OnBegin): Promise<Outcome> {
    const id = this.#calls++;
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    if (this.#exitCode !== undefined) return Promise.resolve(exited(this.#exitCode));
    this.#running.set(id, { kind: target.kind, onBegin, settle: resolve });
    const message: CallMessage = { kind: 'call', id, name: target.name, data, triggerMetadata };
    this.#tell(message);
    return promise;
  }

  /** Ends the thread as kill −9 ends a process; `failure` says what its running calls end with. */
  kill(failure?: (kind: TriggerKind) => string): void {
    this.#die(killedCode, undefined, failure);
    void this.#thread.terminate();
  }

  /** Lets the app run its last hooks, then ends the thread; what still runs has no result at all. */
  async stop(): Promise<void> {
    if (!this.isDead) {
      this.#tell({ kind: 'stop' });
      await Promise.race([this.#stopped.promise, this.died]);
    }
    this.#exitCode ??= 0;
    await this.#thread.terminate();
  }

  #tell(message: ToWorker): void {
    this.#thread.postMessage(message);
  }

  #hear(message: FromWorker): void {
    if (this.isDead) return;
    switch (message.kind) {
      case 'loaded':
        this.#loaded.resolve(message.functions);
        break;
      case 'unusable':
        this.#loaded.reject(toLoadError(message));
        break;
      case 'began':
        this.#running.get(message.id)?.onBegin();
        break;
      case 'ended':
        this.#end(message.id, toOutcome(message.outcome));
        break;
      case 'log':
        this.#log.write(message.level, message.message);
        break;
      case 'stopped':
        this.#stopped.resolve();
        break;
    }
  }

  #end(id: number, outcome: Outcome): void {
    const running = this.#running.get(id);
    this.#running.delete(id);
    running?.settle(outcome);
  }

  #die(code: number, error?: Error, failure?: (kind: TriggerKind) => string): void {
    if (this.#exitCode !== undefined) return;
    this.#exitCode = code;
    if (error !== undefined) this.#log.write('critical', `The worker threw: ${error.stack}`);
    this.#loaded.reject(error ?? new HostError(exitMessage(code)));
    // First the news, then the failures: who hears of a death may have to stop what would follow from them.
    this.#died.resolve(code);
    for (const { kind, settle } of this.#running.values()) {
      settle(failure === undefined ? exited(code) : failed(failure(kind)));
    }
    this.#running.clear();
  }
}

function codeOf(error: Error): number {
  return 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? outOfMemoryCode : 1;
}

/** The words of the real host. */
export function exitMessage(code: number): string {
  return `node exited with code ${code} (0x${code.toString(16).toUpperCase()})`;
}

function exited(code: number): Outcome {
  return failed(exitMessage(code));
}

/** A call that ended because its worker did. */
export function failed(message: string): Outcome {
  return { ok: false, error: new Error(message) };
}

function toOutcome(outcome: (FromWorker & { kind: 'ended' })['outcome']): Outcome {
  return outcome.ok ? outcome : { ok: false, error: toError(outcome.error) };
}

function toLoadError({ error, isKnown }: FromWorker & { kind: 'unusable' }): Error {
  return isKnown ? new HostError(error.message) : toError(error);
}

function toError({ message, stack }: WireError): Error {
  const error = new Error(message);
  if (stack !== undefined) error.stack = stack;
  return error;
}
