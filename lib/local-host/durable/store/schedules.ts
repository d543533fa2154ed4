import type { DatabaseSync } from 'node:sqlite';
import { textOf, textOrNull } from './rows.ts';

/** What is remembered of a timer function between runs. Times are ISO 8601, UTC. */
interface ScheduleState {
  readonly last: string | null;
  readonly next: string | null;
  readonly updatedAt: string;
}

export type ScheduleStore = ReturnType<typeof createScheduleStore>;

/** The schedules of a state file. */
export function createScheduleStore(database: DatabaseSync) {
  const find = database.prepare('select * from schedules where function_name = ?');
  const save = database.prepare(
    'insert or replace into schedules (function_name, last, next, updated_at) values (?, ?, ?, ?)',
  );
  return {
    find: (functionName: string): ScheduleState | undefined => {
      const row = find.get(functionName);
      if (row === undefined) return undefined;
      return {
        last: textOrNull(row, 'last'),
        next: textOrNull(row, 'next'),
        updatedAt: textOf(row, 'updated_at'),
      };
    },
    save: (functionName: string, state: ScheduleState): void => {
      save.run(functionName, state.last, state.next, state.updatedAt);
    },
  };
}
