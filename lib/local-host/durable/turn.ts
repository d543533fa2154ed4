import type { Answer } from './engine/answer.ts';
import type { Decision } from './engine/decide.ts';
import type { HistoryEvent } from './events.ts';
import type { Instance } from './store/instances.ts';
import type { Message } from './store/messages.ts';

/** One turn of an instance: the messages it takes in, and what came of them. */
export interface Turn {
  readonly instance: Instance;
  readonly consumed: readonly Message[];
  readonly newEvents: readonly HistoryEvent[];
  readonly answer: Answer | undefined;
  readonly decision: Decision;
}
