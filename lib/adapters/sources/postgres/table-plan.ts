import { escapeIdentifier } from 'pg';
import type { CatalogTable, LoginPower } from '../../../core/catalog/catalog.ts';
import { SluiceError } from '../../../core/errors.ts';
import type { Column } from '../../../core/sources/column.ts';
import { typeText } from './column-text.ts';
import { type LoginFacts, requireReadOnly } from './login-powers.ts';
import { type ColumnFacts, readColumns } from './read-columns.ts';
import { findRelation, requireReadable } from './relation.ts';
import { type RelationName, relationNameOf } from './relation-name.ts';
import type { PostgresSession } from './session.ts';
import { tenantPredicate } from './tenant-predicate.ts';

/** A table as it is read for one tenant: escaped SQL, isolation included. */
export interface TablePlan {
  readonly columns: readonly Column[];
  /** True for a table without row security: reading it runs nothing of the operator's making. */
  readonly isPlain: boolean;
  countSql(): string;
  /** The rows as COPY writes them. Throws `column_missing` for a column that is not in the source. */
  rowsSql(columns: readonly Column[]): string;
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
  requireColumns(facts, table);
  const from = fromClause(name, tenantColumnOf(facts, table));
  return {
    columns: facts.map((fact) => columnOf(fact, table)),
    isPlain: relation.is_table && !table.tenant.rls,
    countSql: () => `select count(*) as rows ${from}`,
    rowsSql: (columns) => `select ${expressions(columns, facts, table)} ${from}`,
  };
}

export interface LoginRules {
  readonly login: LoginFacts;
  /** What the catalog lets the login do beyond reading. */
  readonly allowed: readonly LoginPower[];
}

/** The catalog is checked at start; this is the last line before every tenant's rows. */
function requireIsolation({ tenant, name }: CatalogTable): void {
  if (tenant.column === undefined && !tenant.rls && !tenant.schema) {
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

function columnMissing(table: CatalogTable, column: string): SluiceError {
  return new SluiceError('column_missing', {
    message: `The source of the table "${table.name}" has no column "${column}". Tell the operator.`,
    internal: `Table ${table.name}: no column ${column} in ${table.from}.`,
  });
}

function tenantColumnOf(facts: readonly ColumnFacts[], table: CatalogTable) {
  return facts.find(({ name }) => name === table.tenant.column);
}

function fromClause(name: RelationName, tenantColumn: ColumnFacts | undefined): string {
  const relation = `from ${escapeIdentifier(name.schema)}.${escapeIdentifier(name.relation)}`;
  return tenantColumn === undefined
    ? relation
    : `${relation} where ${tenantPredicate(tenantColumn)}`;
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
      return typeText(fact.type).expression(escapeIdentifier(name));
    })
    .join(', ');
}
