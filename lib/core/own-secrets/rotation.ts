import type { Clock } from '../clock.ts';
import type { Unsound } from './inspect.ts';
import type { SecretKeeper } from './secret-keeper.ts';

export interface RotateDeps {
  readonly keeper: SecretKeeper;
  readonly clock: Clock;
  /** Waits so many milliseconds; the operator is told why. */
  readonly wait: (waitMs: number) => Promise<void>;
}

export type Rotation =
  | {
      readonly outcome: 'done';
      /** Where the value before is now. */
      readonly previous?: string;
      /** The new one; only of the operator's key. */
      readonly operatorKey?: string;
    }
  /** Nothing was changed that anything depends on; `name` is the secret that is in the way. */
  | { readonly outcome: 'blocked'; readonly name: string; readonly by: Unsound | Conflict };

/**
 * `in_use`: the value before the present one is still kept, and something may still need it.
 * `changed_meanwhile`: somebody else replaced the secret at the same time.
 */
export type Conflict =
  | { readonly state: 'in_use'; readonly madeAt: Date }
  | { readonly state: 'changed_meanwhile' };
