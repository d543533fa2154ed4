import type { CatalogTable } from '../../../core/catalog/catalog.ts';
import { SluiceError } from '../../../core/errors.ts';
import { type TablePowers, tablePowersSql } from './login-powers.ts';
import type { RelationName } from './relation-name.ts';
import { rowsHidden } from './rows-hidden.ts';
import type { PostgresSession } from './session.ts';

/** What the system catalog says of a table or view, and what the login may do there. */
export interface Relation extends TablePowers {
  readonly oid: number;
  /** Tables and partitioned tables can have row security; a view shows that of the tables under it. */
  readonly is_table: boolean;
  readonly is_view: boolean;
  readonly may_read: boolean;
  readonly has_row_security: boolean;
  /** True when the policies hold for this very login. */
  readonly row_security_active: boolean;
}

/** The table or view of this name. Throws `table_missing`, or `permission_denied` for its schema. */
export async function findRelation(
  session: PostgresSession,
  table: CatalogTable,
  name: RelationName,
): Promise<Relation> {
  const [relation] = await session.rows<Relation & { may_enter: boolean }>(
    relationSql,
    [name.schema, name.relation],
    table.name,
  );
  if (relation === undefined) throw missing(table);
  if (!relation.may_enter) throw denied(table, 'grant USAGE on its schema to the login');
  return relation;
}

/** Refuses a table that may not be read, or whose policies would not hold for this login. */
export function requireReadable(relation: Relation, table: CatalogTable): void {
  if (!relation.may_read) throw denied(table, 'grant SELECT on it to the login');
  if (!table.tenant.rls && relation.row_security_active) throw rowsHidden(table.name);
  if (!table.tenant.rls || relation.row_security_active) return;
  // Which policies hold under a view is asked of its rows (`probePolicies`).
  if (relation.is_view) return;
  if (!relation.is_table) {
    throw denied(table, 'row security exists for tables and views over them: use tenant.column');
  }
  if (!relation.has_row_security) {
    throw denied(
      table,
      'the catalog demands row security: enable it and add a policy, or use tenant.column',
    );
  }
  throw new SluiceError('login_too_powerful', {
    message: `The login that reads "${table.name}" passes over its row security. Tell the operator.`,
    internal: `Table ${table.name}: row security is not active for the login. Use a login that is not the owner, or FORCE ROW LEVEL SECURITY.`,
  });
}

// A schema that the login may not enter still shows its names here, so "missing" and "refused" differ.
const relationSql = `
  select c.oid,
         c.relkind in ('r', 'p') as is_table,
         c.relkind = 'v' as is_view,
         has_schema_privilege(n.oid, 'USAGE') as may_enter,
         has_any_column_privilege(c.oid, 'SELECT') as may_read,
         c.relrowsecurity as has_row_security,
         row_security_active(c.oid) as row_security_active,
         ${tablePowersSql}
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname = $1 and c.relname = $2 and c.relkind in ('r', 'p', 'v', 'm', 'f')`;

function missing(table: CatalogTable): SluiceError {
  return new SluiceError('table_missing', {
    message: `What the table "${table.name}" is read from is not in the data source. Tell the operator.`,
    internal: `Table ${table.name}: no table or view ${table.from}.`,
  });
}

function denied(table: CatalogTable, whatToDo: string): SluiceError {
  return new SluiceError('permission_denied', {
    message: `The data source does not let the table "${table.name}" be read. Tell the operator.`,
    internal: `Table ${table.name} (${table.from}): ${whatToDo}.`,
  });
}
