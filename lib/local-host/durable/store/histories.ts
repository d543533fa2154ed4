import type { DatabaseSync } from 'node:sqlite';
import type { HistoryEvent } from '../events.ts';
import { textOf } from './rows.ts';

export type HistoryStore = ReturnType<typeof createHistoryStore>;

/** The histories of a state file: for each instance the events of its current execution. */
export function createHistoryStore(database: DatabaseSync) {
  const read = database.prepare(
    'select event from history where instance_id = ? order by position',
  );
  const count = database.prepare(
    'select coalesce(max(position) + 1, 0) as next from history where instance_id = ?',
  );
  const insert = database.prepare(
    'insert into history (instance_id, position, event) values (?, ?, ?)',
  );
  const clear = database.prepare('delete from history where instance_id = ?');
  const append = (instanceId: string, events: readonly HistoryEvent[]): void => {
    const first = Number(count.get(instanceId)?.['next'] ?? 0);
    for (const [index, event] of events.entries())
      insert.run(instanceId, first + index, JSON.stringify(event));
  };
  return {
    read: (instanceId: string): HistoryEvent[] =>
      read.all(instanceId).map((row): HistoryEvent => JSON.parse(textOf(row, 'event'))),
    append,
    replace: (instanceId: string, events: readonly HistoryEvent[]): void => {
      clear.run(instanceId);
      append(instanceId, events);
    },
    clear: (instanceId: string): void => {
      clear.run(instanceId);
    },
  };
}
