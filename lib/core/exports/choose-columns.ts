import type { CatalogTable } from '../catalog/catalog.ts';
import { SluiceError } from '../errors.ts';
import type { Column } from '../sources/column.ts';

/**
 * The columns that are read: those that were asked for, or all. Throws `unknown_column`.
 *
 * One column alone that may be NULL is not written alone: its NULLs would be empty lines, which pandas,
 * PowerShell and others skip, so that rows would be missing where the manifest counts them. The key's
 * columns then come before it, marked as `added`; a table without a key refuses with `column_alone`. A
 * table that has no other column is written as it is, and the page for readers says how to read it.
 */
export function chooseColumns(
  table: CatalogTable,
  all: readonly Column[],
  names: readonly string[] | undefined,
): readonly Column[] {
  if (names === undefined) return all;
  const chosen = names.map((name) => columnOf(all, name));
  const [alone, ...others] = chosen;
  if (alone === undefined || others.length > 0 || all.length === 1) return chosen;
  if (!alone.nullable || alone.name === table.tenant.column) return chosen;
  const key = all.filter((column) => column.key && column !== alone);
  if (key.length === 0) throw cannotStandAlone(table, alone);
  return [...key.map((column) => ({ ...column, added: true as const })), alone];
}

function columnOf(columns: readonly Column[], name: string): Column {
  const column = columns.find((candidate) => candidate.name === name);
  if (column !== undefined) return column;
  throw new SluiceError('unknown_column', {
    message: `The table has no column ${JSON.stringify(name)}. GET /api/v1/tables lists them.`,
  });
}

function cannotStandAlone({ name }: CatalogTable, column: Column): SluiceError {
  return new SluiceError('column_alone', {
    message: `The column "${column.name}" of the table "${name}" may be NULL, and many readers skip the empty lines of a file of it alone. Ask for one more column.`,
  });
}
