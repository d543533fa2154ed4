import type { Call, Outcome } from '../invoke/invoker.ts';
import type { TypedData } from '../loader/core-types.ts';
import type { HostFunction } from '../loader/functions.ts';
import type { LogLevel } from '../log.ts';

/** What a worker thread starts with. */
export interface WorkerStart {
  readonly appDirectory: string;
  /** What the durable client input of a function holds: JSON text. */
  readonly clientData: string;
}

/** One call on its way to the thread; the function goes by its name, for its code lives there. */
export interface CallMessage extends Pick<Call, 'triggerMetadata'> {
  readonly kind: 'call';
  readonly id: number;
  readonly name: string;
  readonly data: TypedData | undefined;
}

/** What the host tells a worker thread; `stop` runs the app's last hooks. */
export type ToWorker = CallMessage | { readonly kind: 'stop' };

/** An error without its class, as it crosses the border between threads. */
export interface WireError {
  readonly message: string;
  readonly stack: string | undefined;
}

export type WireOutcome =
  | Extract<Outcome, { ok: true }>
  | { readonly ok: false; readonly error: WireError };

/** What a worker thread tells the host. */
export type FromWorker =
  | { readonly kind: 'loaded'; readonly functions: readonly HostFunction[] }
  /** The app could not be loaded; `isKnown` when the message alone says what is wrong. */
  | { readonly kind: 'unusable'; readonly error: WireError; readonly isKnown: boolean }
  /** The function's own code is about to run. */
  | { readonly kind: 'began'; readonly id: number }
  | { readonly kind: 'ended'; readonly id: number; readonly outcome: WireOutcome }
  | { readonly kind: 'log'; readonly level: LogLevel; readonly message: string }
  | { readonly kind: 'stopped' };
