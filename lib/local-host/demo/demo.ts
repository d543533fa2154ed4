import type { ApiClient } from './api-client.ts';
import type { Narrator } from './narrator.ts';
import type { Workplace } from './workplace.ts';

/** What every step of the demo has at hand. */
export interface Demo {
  /** The app's folder. */
  readonly directory: string;
  readonly workplace: Workplace;
  readonly narrator: Narrator;
  /** Ends everything when the reader has seen enough. */
  readonly signal: AbortSignal;
  /** What is to be stopped at the end, the last first. */
  readonly cleanup: AsyncDisposableStack;
}

/** A host that is up, and how the operator and the public speak to it. */
export interface RunningHost {
  readonly url: string;
  readonly operator: ApiClient;
  readonly anyone: ApiClient;
}

/** The customer whose data is exported, and the one who must not see it. */
export interface Customers {
  readonly owner: ApiClient;
  readonly stranger: ApiClient;
}
