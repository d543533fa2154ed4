import type { Faults } from '../faults.ts';
import type { Invoke } from '../invoke/invoker.ts';
import type { HostFunction } from '../loader/functions.ts';
import type { HostLog } from '../log.ts';
import type { Store } from './store/store.ts';
import type { Versioning } from './versioning.ts';

/** What every part of the durable runtime works with. */
export interface TaskHub {
  readonly store: Store;
  readonly faults: Faults;
  readonly log: HostLog;
  readonly invoke: Invoke;
  /** Fails instances on patterns that run here but break on Azure. */
  readonly strict: boolean;
  readonly versioning: Versioning;
  /** Executions of other versions that the log has told of. */
  readonly leftAlone: Set<string>;
  findFunction(kind: 'activity' | 'orchestration', name: string): HostFunction | undefined;
  /** Tells the workers that something new is in the store for this instance. */
  wake(instanceId: string): void;
}
