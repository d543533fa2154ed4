import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** One row, its values in the order of the table's columns. */
export type SampleRow = readonly SQLInputValue[];

const rowsPerTurn = 20_000;

/** Inserts the rows and lets others have a turn now and then; SQLite itself holds the thread. */
export async function fillTable(
  database: DatabaseSync,
  table: string,
  rows: Iterable<SampleRow>,
  onRows: (rows: number) => void,
): Promise<void> {
  const columns = database.prepare('select name from pragma_table_info(?)').all(table).length;
  const marks = Array.from({ length: columns }, () => '?').join(', ');
  const insert = database.prepare(`insert into ${table} values (${marks})`);
  let pending = 0;
  for (const row of rows) {
    insert.run(...row);
    pending += 1;
    if (pending < rowsPerTurn) continue;
    onRows(pending);
    pending = 0;
    await nextTurn();
  }
  onRows(pending);
}
