import type { DatabaseSync } from 'node:sqlite';

export type MetaStore = ReturnType<typeof createMetaStore>;

/** Single values of a state file. */
export function createMetaStore(database: DatabaseSync) {
  const find = database.prepare('select value from meta where name = ?');
  const save = database.prepare('insert or replace into meta (name, value) values (?, ?)');
  return {
    find: (name: string): string | undefined => {
      const value = find.get(name)?.['value'];
      return typeof value === 'string' ? value : undefined;
    },
    save: (name: string, value: string): void => {
      save.run(name, value);
    },
  };
}
