import type { DatabaseSync } from 'node:sqlite';
import type { HistoryEvent } from '../events.ts';
import { numberOf, textOf, textOrNull } from './rows.ts';

/** An event on its way into an instance's history. */
export interface Message {
  readonly position: number;
  readonly instanceId: string;
  /** The execution it is meant for; null for whatever execution the instance is in. */
  readonly executionId: string | null;
  readonly event: HistoryEvent;
}

export type MessageStore = ReturnType<typeof createMessageStore>;

/** The messages to orchestrations of a state file, oldest first. */
export function createMessageStore(database: DatabaseSync) {
  const insert = database.prepare(
    'insert into messages (instance_id, execution_id, event) values (?, ?, ?)',
  );
  const read = database.prepare('select * from messages where instance_id = ? order by position');
  const remove = database.prepare('delete from messages where position = ?');
  const clear = database.prepare('delete from messages where instance_id = ?');
  const waiting = database.prepare(
    'select instance_id from messages group by instance_id order by min(position)',
  );
  return {
    send: (instanceId: string, executionId: string | null, event: HistoryEvent): void => {
      insert.run(instanceId, executionId, JSON.stringify(event));
    },
    read: (instanceId: string): Message[] =>
      read.all(instanceId).map((row) => ({
        position: numberOf(row, 'position'),
        instanceId: textOf(row, 'instance_id'),
        executionId: textOrNull(row, 'execution_id'),
        event: JSON.parse(textOf(row, 'event')),
      })),
    remove: (messages: readonly Message[]): void => {
      for (const { position } of messages) remove.run(position);
    },
    clear: (instanceId: string): void => {
      clear.run(instanceId);
    },
    /** Ids of the instances that have messages. */
    waitingInstances: (): string[] => waiting.all().map((row) => textOf(row, 'instance_id')),
  };
}
