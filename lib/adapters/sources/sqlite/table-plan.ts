import type { DatabaseSync } from 'node:sqlite';
import type { CatalogTable } from '../../../core/catalog/catalog.ts';
import { SluiceError } from '../../../core/errors.ts';
import type { Column } from '../../../core/sources/column.ts';
import { columnTypeOf } from './declared-type.ts';

/** A table as it is read for one tenant: escaped SQL in which the tenant is the only parameter. */
export interface TablePlan {
  readonly columns: readonly Column[];
  readonly countSql: string;
  /** Throws `column_missing` for a column that is not in the source. */
  selectSql(columns: readonly Column[]): string;
}

/**
 * Looks the table or view up. Throws `table_missing`, `column_missing`, or `permission_denied` for an
 * isolation that SQLite does not have.
 */
export function planTable(database: DatabaseSync, table: CatalogTable): TablePlan {
  const tenantColumn = requireTenantColumn(table);
  const relation = table.from.replace(/^main\./, '');
  const columns = readColumns(database, relation, table);
  const from = `from main.${escapeName(relation)} where ${predicate(columns, tenantColumn, table)}`;
  for (const name of table.key) requireColumn(columns, name, table);
  return {
    columns,
    countSql: `select count(*) ${from}`,
    selectSql: (chosen) => `select ${selectList(chosen, columns, table)} ${from}`,
  };
}

function requireTenantColumn({ tenant, name }: CatalogTable): string {
  if (tenant.column !== undefined && !tenant.rls && !tenant.schema) return tenant.column;
  throw new SluiceError('permission_denied', {
    message: `The tenants of the table "${name}" cannot be kept apart. Tell the operator.`,
    internal: `Table ${name}: SQLite has no row security and no schemas; isolate it by tenant.column alone.`,
  });
}

function readColumns(
  database: DatabaseSync,
  relation: string,
  table: CatalogTable,
): readonly Column[] {
  // Hidden columns of kind 1 belong to virtual tables' machinery; 2 and 3 are generated columns.
  const rows = database
    .prepare('select name, type, "notnull" from pragma_table_xinfo(?, \'main\') where hidden <> 1')
    .all(relation) as unknown as readonly (readonly [string, string, bigint])[];
  if (rows.length === 0) {
    throw new SluiceError('table_missing', {
      message: `What the table "${table.name}" is read from is not in the data source. Tell the operator.`,
      internal: `Table ${table.name}: no table or view ${table.from}.`,
    });
  }
  return rows.map(([name, sourceType, notNull]) => ({
    name,
    type: columnTypeOf(sourceType),
    sourceType,
    nullable: notNull === 0n,
    key: table.key.includes(name),
  }));
}

function predicate(columns: readonly Column[], tenantColumn: string, table: CatalogTable): string {
  const { sourceType } = requireColumn(columns, tenantColumn, table);
  const name = escapeName(tenantColumn);
  // Without a declared type (a view's expression) SQLite would hold the number 1 and the text '1' apart.
  return sourceType === '' ? `cast(${name} as text) = ?` : `${name} = ?`;
}

/** An unknown name in double quotes may be read as a text by SQLite, so each is looked up first. */
function requireColumn(columns: readonly Column[], name: string, table: CatalogTable): Column {
  const column = columns.find((candidate) => candidate.name === name);
  if (column !== undefined) return column;
  throw new SluiceError('column_missing', {
    message: `The source of the table "${table.name}" has no column "${name}". Tell the operator.`,
    internal: `Table ${table.name}: no column ${name} in ${table.from}.`,
  });
}

function selectList(
  chosen: readonly Column[],
  columns: readonly Column[],
  table: CatalogTable,
): string {
  if (chosen.length === 0) throw new TypeError('A selection has at least one column.');
  return chosen.map(({ name }) => escapeName(requireColumn(columns, name, table).name)).join(', ');
}

function escapeName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
