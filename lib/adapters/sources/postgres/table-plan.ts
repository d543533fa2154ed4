import { escapeIdentifier } from 'pg';
import type { CatalogTable, LoginPower } from '../../../core/catalog/catalog.ts';
import { SluiceError } from '../../../core/errors.ts';
import type { Column } from '../../../core/sources/column.ts';
import { typeText } from './column-text.ts';
import { type LoginFacts, requireReadOnly } from './login-powers.ts';
import { type ColumnFacts, readColumns } from './read-columns.ts';
import { findRelation, requireReadable } from './relation.ts';
import { relationNameOf } from './relation-name.ts';
import type { PostgresSession } from './session.ts';
import { requireCanonicalId, requireLabel } from './tenant-id.ts';
import { tenantMark, tenantPredicate } from './tenant-predicate.ts';

/** A table as it is read for one tenant: escaped SQL, isolation included. */
export interface TablePlan {
  readonly columns: readonly Column[];
  /** True for a table without row security: reading it runs nothing of the operator's making. */
  readonly isPlain: boolean;
  /** `from` with the table's name, without the tenant: what row security alone shows. */
  readonly relationSql: string;
  /** True when each record begins with the tripwire's mark, `t` and a comma. */
  readonly isMarked: boolean;
  countSql(): string;
  /** The rows as COPY writes them. Throws `column_missing` for a column that is not in the source. */
  rowsSql(columns: readonly Column[]): string;
  /** The options of that COPY. */
  copyOptions(columns: readonly Column[]): string;
}

/**
 * Looks the table up and makes sure that its isolation holds before anything is read. Throws
 * `table_missing`, `column_missing`, `permission_denied` or `login_too_powerful`.
 */
export async function planTable(
  session: PostgresSession,
  table: CatalogTable,
  tenantSourceId: string,
  { login, allowed }: LoginRules,
): Promise<TablePlan> {
  requireIsolation(table);
  const name = relationNameOf(table, tenantSourceId);
  const relation = await findRelation(session, table, name);
  requireReadOnly(relation, login, table, allowed);
  requireReadable(relation, table);
  const facts = await readColumns(session, table, relation.oid);
  if (facts.length === 0) throw withoutColumns(table);
  requireColumns(facts, table);
  const tenantColumn = tenantColumnOf(facts, table);
  if (tenantColumn !== undefined) await requireFit(session, tenantColumn, tenantSourceId, table);
  const relationSql = `from ${escapeIdentifier(name.schema)}.${escapeIdentifier(name.relation)}`;
  const from =
    tenantColumn === undefined
      ? relationSql
      : `${relationSql} where ${tenantPredicate(tenantColumn)}`;
  const mark = tenantColumn === undefined ? '' : `${tenantMark(tenantColumn)}, `;
  return {
    relationSql,
    isMarked: tenantColumn !== undefined,
    columns: facts.map((fact) => columnOf(fact, table)),
    isPlain: relation.is_table && !table.tenant.rls,
    countSql: () => `select count(*) as rows ${from}`,
    rowsSql: (columns) =>
      `select ${mark}${expressions(columns, facts, table)}${isLonely(columns) ? ` as ${lonely}` : ''} ${from}`,
    copyOptions: (columns) =>
      mark !== '' && isLonely(columns) ? `format csv, force_quote (${lonely})` : 'format csv',
  };
}

/**
 * PostgreSQL quotes a value `\.`, which its readers take for the end of the data, only where it stands
 * alone in a record. Beside the mark, which is taken off later, it does not: so a single column is quoted
 * whole.
 */
const lonely = 'sole';

function isLonely(columns: readonly Column[]): boolean {
  return columns.length === 1;
}

export interface LoginRules {
  readonly login: LoginFacts;
  /** What the catalog lets the login do beyond reading. */
  readonly allowed: readonly LoginPower[];
}

/** The catalog is checked at start; this is the last line before every tenant's rows. */
function requireIsolation({ tenant, name }: CatalogTable): void {
  if (tenant.column === undefined && !tenant.rls && !tenant.schema && tenant.shared !== true) {
    throw new TypeError(`The table "${name}" has no tenant isolation.`);
  }
}

function requireColumns(facts: readonly ColumnFacts[], table: CatalogTable): void {
  const present = new Set(facts.map(({ name }) => name));
  const { column } = table.tenant;
  const wanted = column === undefined ? table.key : [column, ...table.key];
  const missing = wanted.find((name) => !present.has(name));
  if (missing !== undefined) throw columnMissing(table, missing);
}

function withoutColumns(table: CatalogTable): SluiceError {
  return new SluiceError('query_failed', {
    message: `The table "${table.name}" has no columns at the source, so there is nothing to export. Tell the operator.`,
    internal: `Table ${table.name}: what it is read from has no columns. Take it out of the catalog, or give it some.`,
  });
}

function columnMissing(table: CatalogTable, column: string): SluiceError {
  return new SluiceError('column_missing', {
    message: `The source of the table "${table.name}" has no column "${column}". Tell the operator.`,
    internal: `Table ${table.name}: no column ${column} in ${table.from}.`,
  });
}

function tenantColumnOf(facts: readonly ColumnFacts[], table: CatalogTable) {
  return facts.find(({ name }) => name === table.tenant.column);
}

async function requireFit(
  session: PostgresSession,
  column: ColumnFacts,
  tenantSourceId: string,
  table: CatalogTable,
): Promise<void> {
  requireCanonicalId(column, tenantSourceId, table);
  if (column.type.kind !== 'enum') return;
  const labels = await session.rows(
    'select from pg_enum where enumtypid = $1::regtype and enumlabel = $2',
    [column.castName, tenantSourceId],
    table.name,
  );
  requireLabel(labels.length > 0, column, table);
}

function columnOf(facts: ColumnFacts, table: CatalogTable): Column {
  const { name, sourceType, nullable } = facts;
  const { type } = typeText(facts.type);
  return { name, type, sourceType, nullable, key: table.key.includes(name) };
}

function expressions(
  columns: readonly Column[],
  facts: readonly ColumnFacts[],
  table: CatalogTable,
): string {
  if (columns.length === 0) throw new TypeError('A selection has at least one column.');
  const byName = new Map(facts.map((fact) => [fact.name, fact]));
  return columns
    .map(({ name }) => {
      const fact = byName.get(name);
      if (fact === undefined) throw columnMissing(table, name);
      return fact.expression(escapeIdentifier(name));
    })
    .join(', ');
}
