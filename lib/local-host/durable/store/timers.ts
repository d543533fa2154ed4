import type { DatabaseSync } from 'node:sqlite';
import { numberOf, type Row, textOf } from './rows.ts';

/** A durable timer that has not fired. Times are ISO 8601, UTC. */
interface TimerItem {
  readonly instanceId: string;
  readonly executionId: string;
  readonly taskId: number;
  readonly fireAt: string;
  readonly createdAt: string;
}

export type TimerStore = ReturnType<typeof createTimerStore>;

/** The durable timers of a state file. */
export function createTimerStore(database: DatabaseSync) {
  const insert = database.prepare(
    'insert or replace into timers (instance_id, execution_id, task_id, fire_at, created_at) values (?, ?, ?, ?, ?)',
  );
  const due = database.prepare('select * from timers where fire_at <= ? order by fire_at, task_id');
  const next = database.prepare('select min(fire_at) as next from timers');
  const remove = database.prepare(
    'delete from timers where instance_id = ? and execution_id = ? and task_id = ?',
  );
  const clear = database.prepare('delete from timers where instance_id = ?');
  return {
    add: (item: TimerItem): void => {
      insert.run(item.instanceId, item.executionId, item.taskId, item.fireAt, item.createdAt);
    },
    due: (now: string): TimerItem[] => due.all(now).map(toItem),
    /** When the next timer fires; undefined when there is none. */
    next: (): string | undefined => {
      const value = next.get()?.['next'];
      return typeof value === 'string' ? value : undefined;
    },
    remove: (item: TimerItem): void => {
      remove.run(item.instanceId, item.executionId, item.taskId);
    },
    clear: (instanceId: string): void => {
      clear.run(instanceId);
    },
  };
}

function toItem(row: Row): TimerItem {
  return {
    instanceId: textOf(row, 'instance_id'),
    executionId: textOf(row, 'execution_id'),
    taskId: numberOf(row, 'task_id'),
    fireAt: textOf(row, 'fire_at'),
    createdAt: textOf(row, 'created_at'),
  };
}
