import { type ChildProcess, fork } from 'node:child_process';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { SluiceError } from '../../../core/errors.ts';
import type { QuestionKind, Questions, Reply } from './messages.ts';

/** A process of its own that reads one file; see `reader-main.ts`. Whatever it is doing, it can be ended. */
export class ReaderProcess {
  readonly #child: ChildProcess;
  readonly #source: string;
  /** Done when the process is gone, and with it its locks on the file. */
  readonly gone: Promise<void>;
  #waiting: Waiting | undefined;
  #ended: SluiceError | undefined;

  constructor(source: string) {
    this.#source = source;
    this.#child = fork(entry, [], {
      serialization: 'advanced',
      execArgv: [],
      // Where SQLite keeps its temporary files; none of the app's secrets.
      env: { TMPDIR: tmpdir() },
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    this.#child.on('message', (reply: Reply) => this.#settle(reply));
    this.gone = new Promise((resolve) => {
      this.#child.once('exit', () => resolve()).once('error', () => resolve());
    });
    this.#child.on('error', (cause) => this.end(this.#lost('cannot be reached', cause)));
    this.#child.on('exit', (code, signal) => this.end(this.#lost(`ended with ${code ?? signal}`)));
  }

  /** True while a question is open. */
  get isBusy(): boolean {
    return this.#waiting !== undefined;
  }

  get isEnded(): boolean {
    return this.#ended !== undefined;
  }

  /** Lets the app end without waiting for the process. */
  rest(): void {
    this.#child.unref();
    this.#child.channel?.unref();
  }

  wake(): void {
    this.#child.ref();
    this.#child.channel?.ref();
  }

  /** Asks when the question before is answered. Throws what the process says, or why it ended. */
  ask<K extends QuestionKind>(kind: K, ask: Questions[K]['ask']): Promise<Questions[K]['answer']> {
    if (this.#waiting !== undefined) throw new TypeError('A question is still open.');
    return new Promise((resolve, reject) => {
      if (this.#ended !== undefined) return reject(this.#ended);
      this.#waiting = { resolve: resolve as Waiting['resolve'], reject };
      this.#child.send({ kind, ask }, (error) => {
        if (error !== null) this.end(this.#lost('does not take questions', error));
      });
    });
  }

  /** Ends the process at once; a question under way fails with the reason, and so do all later ones. */
  end(reason: SluiceError): void {
    if (this.#ended !== undefined) return;
    this.#ended = reason;
    this.#child.kill('SIGKILL');
    this.#take()?.reject(reason);
  }

  #settle(reply: Reply): void {
    const waiting = this.#take();
    if (reply.ok) {
      waiting?.resolve(reply.answer);
      return;
    }
    const { code, ...texts } = reply.failure;
    waiting?.reject(new SluiceError(code, texts));
  }

  #take(): Waiting | undefined {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    return waiting;
  }

  #lost(what: string, cause?: unknown): SluiceError {
    return new SluiceError('connection_lost', {
      internal: `Source ${this.#source}: the process that reads the file ${what}.`,
      cause,
    });
  }
}

interface Waiting {
  resolve(answer: Questions[QuestionKind]['answer']): void;
  reject(reason: unknown): void;
}

// Beside this file, compiled or not.
const entry = fileURLToPath(
  new URL(`./reader-main${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url),
);
