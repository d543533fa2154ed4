import type { DatabaseSync } from 'node:sqlite';
import { type ActivityStore, createActivityStore } from './activities.ts';
import { inTransaction, openDatabase } from './database.ts';
import { createHistoryStore, type HistoryStore } from './histories.ts';
import { createInstanceStore, type InstanceStore } from './instances.ts';
import { createMessageStore, type MessageStore } from './messages.ts';
import { createMetaStore, type MetaStore } from './meta.ts';
import { createScheduleStore, type ScheduleStore } from './schedules.ts';
import { createTimerStore, type TimerStore } from './timers.ts';

/** The whole state of a host: one file, one writer. */
export interface Store {
  readonly meta: MetaStore;
  readonly instances: InstanceStore;
  readonly histories: HistoryStore;
  readonly messages: MessageStore;
  readonly activities: ActivityStore;
  readonly timers: TimerStore;
  readonly schedules: ScheduleStore;
  /** All of the work is kept, or nothing. Not to be nested. */
  transaction<T>(work: () => T): T;
  /** Forgets everything that is queued for an instance, and its history. The instance's row stays. */
  clearWork(instanceId: string): void;
  close(): void;
}

/** Opens the state file at the path, making it where it is missing. */
export function openStore(path: string): Store {
  return createStore(openDatabase(path));
}

function createStore(database: DatabaseSync): Store {
  const parts = {
    meta: createMetaStore(database),
    instances: createInstanceStore(database),
    histories: createHistoryStore(database),
    messages: createMessageStore(database),
    activities: createActivityStore(database),
    timers: createTimerStore(database),
    schedules: createScheduleStore(database),
  };
  return {
    ...parts,
    transaction: (work) => inTransaction(database, work),
    clearWork: (instanceId) => {
      parts.histories.clear(instanceId);
      parts.messages.clear(instanceId);
      parts.activities.clear(instanceId);
      parts.timers.clear(instanceId);
    },
    close: () => database.close(),
  };
}
