import type { DatabaseSync } from 'node:sqlite';
import { numberOf, type Row, textOf, textOrNull } from './rows.ts';

/** One activity call that has no result yet. */
export interface ActivityItem {
  readonly position: number;
  readonly instanceId: string;
  readonly executionId: string;
  readonly taskId: number;
  readonly name: string;
  /** JSON text of the action's input; null when there was none. */
  readonly inputJson: string | null;
}

export type ActivityStore = ReturnType<typeof createActivityStore>;

/** The activity calls of a state file; a call stays until its result is committed. */
export function createActivityStore(database: DatabaseSync) {
  const insert = database.prepare(
    'insert into activities (instance_id, execution_id, task_id, name, input) values (?, ?, ?, ?, ?)',
  );
  const all = database.prepare('select * from activities order by position');
  const after = database.prepare('select * from activities where position > ? order by position');
  const remove = database.prepare('delete from activities where position = ?');
  const clear = database.prepare('delete from activities where instance_id = ?');
  return {
    add: (item: Omit<ActivityItem, 'position'>): void => {
      insert.run(item.instanceId, item.executionId, item.taskId, item.name, item.inputJson);
    },
    all: (): ActivityItem[] => all.all().map(toItem),
    addedAfter: (position: number): ActivityItem[] => after.all(position).map(toItem),
    /** False when the call was gone already. */
    remove: (position: number): boolean => remove.run(position).changes > 0,
    clear: (instanceId: string): void => {
      clear.run(instanceId);
    },
  };
}

function toItem(row: Row): ActivityItem {
  return {
    position: numberOf(row, 'position'),
    instanceId: textOf(row, 'instance_id'),
    executionId: textOf(row, 'execution_id'),
    taskId: numberOf(row, 'task_id'),
    name: textOf(row, 'name'),
    inputJson: textOrNull(row, 'input'),
  };
}
