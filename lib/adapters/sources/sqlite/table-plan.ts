import type { DatabaseSync } from 'node:sqlite';
import type { CatalogTable } from '../../../core/catalog/catalog.ts';
import { SluiceError } from '../../../core/errors.ts';
import type { Column } from '../../../core/sources/column.ts';
import { affinityOf, columnTypeOf } from './declared-type.ts';
import { escapeName } from './escape-name.ts';
import { requireCanonicalId, tenantPredicate, tenantText } from './exact-tenant.ts';

/** A table as it is read for one tenant: escaped SQL in which the tenant is the only parameter. */
export interface TablePlan {
  readonly columns: readonly Column[];
  readonly countSql: string;
  /** Throws `column_missing` for a column that is not in the source. */
  select(names: readonly string[]): TableSelect;
  /** Finds one text of the column that `sluice_is_text` refuses. */
  badTextSql(column: Column): string;
}

export interface TableSelect {
  readonly sql: string;
  readonly columns: readonly Column[];
  /** Where a row says whose it is; it may be a further cell behind those of the columns. */
  readonly tenantIndex: number;
}

/**
 * Looks the table or view up. Throws `table_missing`, `column_missing`, `permission_denied` for an
 * isolation that SQLite does not have, `tenant_id_unfit` for an id that the column would take for another.
 */
export function planTable(
  database: DatabaseSync,
  table: CatalogTable,
  tenantSourceId: string,
): TablePlan {
  const tenantColumn = findTenantColumn(table);
  const relation = table.from.replace(/^main\./, '');
  const columns = readColumns(database, relation, table);
  const tenant =
    tenantColumn === undefined ? undefined : requireColumn(columns, tenantColumn, table);
  if (tenant !== undefined) requireCanonicalId(database, tenantSourceId, tenant, table);
  for (const name of table.key) requireColumn(columns, name, table);
  // A shared table is read whole; the parameter is bound all the same.
  const where = `where ${tenant === undefined ? '?1 is not null' : tenantPredicate(tenant)}`;
  const from = `from main.${escapeName(relation)} ${where}`;
  return {
    columns,
    countSql: `select count(*) ${from}`,
    select: (names) => selectOf(names, columns, tenant, table, from),
    badTextSql: ({ name }) => {
      const column = escapeName(name);
      return `select 1 ${from} and typeof(${column}) = 'text' and not sluice_is_text(cast(${column} as blob)) limit 1`;
    },
  };
}

/** Undefined for a table that every tenant gets whole. */
function findTenantColumn({ tenant, name }: CatalogTable): string | undefined {
  if (tenant.shared === true) return undefined;
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
  const rows = database.prepare(columnsSql).all(relation) as unknown as readonly (readonly [
    string,
    string,
    bigint,
  ])[];
  if (rows.length === 0) throw nothingToRead(database, relation, table);
  return rows.map(([name, sourceType, notNull]) => ({
    name,
    ...typeOf(sourceType, table),
    sourceType,
    nullable: notNull === 0n,
    key: table.key.includes(name),
  }));
}

/**
 * A primary key may be NULL in SQLite, but not as the row's own number (INTEGER PRIMARY KEY) and not
 * in a table without such numbers (WITHOUT ROWID).
 */
const columnsSql = `
  with columns as (select * from pragma_table_xinfo(?1, 'main') where hidden <> 1)
  select name, type, "notnull" or pk > 0 and (
      (upper(type) = 'INTEGER' and (select max(pk) from columns) = 1)
      or exists (select 1 from pragma_table_list where schema = 'main' and name = ?1 and wr = 1))
  from columns order by cid`;

/** Texts that are read as bytes are bytes to whoever gets the file. */
function typeOf(sourceType: string, { text }: CatalogTable): Pick<Column, 'type' | 'text'> {
  const type = columnTypeOf(sourceType);
  if (text === undefined || type !== 'text') return { type };
  return { type: text === 'base64' ? 'bytes' : 'text', text };
}

function nothingToRead(database: DatabaseSync, relation: string, table: CatalogTable): SluiceError {
  const known = database
    .prepare("select 1 from pragma_table_list where schema = 'main' and name = ? collate nocase")
    .get(relation);
  if (known !== undefined) {
    return new SluiceError('column_missing', {
      message: `The table "${table.name}" has no column that can be read. Tell the operator.`,
      internal: `Table ${table.name}: ${table.from} has no columns but hidden ones; read a view with columns instead.`,
    });
  }
  return new SluiceError('table_missing', {
    message: `What the table "${table.name}" is read from is not in the data source. Tell the operator.`,
    internal: `Table ${table.name}: no table or view ${table.from}.`,
  });
}

function requireColumn(columns: readonly Column[], name: string, table: CatalogTable): Column {
  const column = columns.find((candidate) => candidate.name === name);
  if (column !== undefined) return column;
  throw new SluiceError('column_missing', {
    message: `The source of the table "${table.name}" has no column "${name}". Tell the operator.`,
    internal: `Table ${table.name}: no column ${name} in ${table.from}.`,
  });
}

function selectOf(
  names: readonly string[],
  all: readonly Column[],
  tenant: Column | undefined,
  table: CatalogTable,
  from: string,
): TableSelect {
  const columns = names.map((name) => requireColumn(all, name, table));
  const cells = columns.map(expressionOf);
  // A text is its own text: the cell that is exported anyway says whose the row is, at no further cost.
  const chosen = tenant !== undefined && isPlainText(tenant) ? columns.indexOf(tenant) : -1;
  if (chosen < 0) cells.push(tenant === undefined ? '?1' : tenantText(tenant));
  return {
    sql: `select ${cells.join(', ')} ${from}`,
    columns,
    tenantIndex: chosen < 0 ? columns.length : chosen,
  };
}

function isPlainText({ sourceType, text }: Column): boolean {
  return affinityOf(sourceType) === 'text' && text === undefined;
}

/** A column's value, with what only SQLite itself can convert. */
function expressionOf({ name, type, text }: Column): string {
  const column = escapeName(name);
  if (text !== undefined) {
    const bytes = `cast(${column} as blob)`;
    const read = text === 'latin1' ? `sluice_latin1(${bytes})` : bytes;
    return `case typeof(${column}) when 'text' then ${read} else ${column} end`;
  }
  if (type !== 'json') return column;
  // 8: bytes that are JSONB, SQLite's own private form of JSON, in every detail.
  return `case when typeof(${column}) = 'blob' and json_valid(${column}, 8) then json(${column}) else ${column} end`;
}
