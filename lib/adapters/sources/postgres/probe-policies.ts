import { randomInt, randomUUID } from 'node:crypto';
import { DatabaseError } from 'pg';
import type { CatalogTable } from '../../../core/catalog/catalog.ts';
import { SluiceError } from '../../../core/errors.ts';
import { tenantSetting } from './begin-snapshot.ts';
import type { PostgresSession } from './session.ts';
import type { TablePlan } from './table-plan.ts';

/**
 * Row security that the catalog relies on must really keep tenants apart: under the id of a tenant that
 * exists nowhere the table, asked without any predicate of ours, must show nothing. It is the same moment
 * and the same policies as the export's. Throws `isolation_broken`.
 */
export async function probePolicies(
  session: PostgresSession,
  plan: TablePlan,
  table: CatalogTable,
  tenantSourceId: string,
): Promise<void> {
  await setTenant(session, nowhere(tenantSourceId));
  const showsRows = await hasRows(session, plan, table);
  // After an error the next step brings the tenant back, with all that was set since its savepoint.
  if (!session.hasFailed) await setTenant(session, tenantSourceId);
  if (showsRows) throw broken(table);
}

async function hasRows(
  session: PostgresSession,
  plan: TablePlan,
  table: CatalogTable,
): Promise<boolean> {
  const sql = `select exists (select ${plan.relationSql}) as shows`;
  try {
    const [row] = await session.rows<{ shows: boolean }>(sql, [], table.name);
    return row?.shows !== false;
  } catch (error) {
    // A policy that turns the id into its own type (an enum's, say) shows nothing to an id that does not
    // fit. That is no proof for ids that do; the column is, for it holds every row to the tenant.
    if (isDataError(error) && table.tenant.column !== undefined) return false;
    throw isDataError(error) ? needsColumn(table, error) : error;
  }
}

/** An id of the same form as the tenant's own, so that policies can cast it, and surely nobody's. */
function nowhere(tenantSourceId: string): string {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(tenantSourceId)) return randomUUID();
  // Vendors count upwards from 1; and any integer type takes it.
  if (/^-?\d+$/.test(tenantSourceId)) return String(-randomInt(20_000, 32_768));
  return `sluice-nowhere-${randomUUID()}`;
}

async function setTenant(session: PostgresSession, id: string): Promise<void> {
  await session.rows('select set_config($1, $2, true)', [tenantSetting, id]);
}

/** Class 22: the value cannot be what the expression wants. */
function isDataError(error: unknown): boolean {
  const cause = error instanceof SluiceError ? error.cause : error;
  return cause instanceof DatabaseError && cause.code?.startsWith('22') === true;
}

function broken(table: CatalogTable): SluiceError {
  return new SluiceError('isolation_broken', {
    message: `The source does not keep the tenants of the table "${table.name}" apart. Tell the operator.`,
    internal:
      `Table ${table.name}: its row security shows rows to a tenant that exists nowhere. A policy for the login ` +
      'must compare the tenant with the setting sluice.tenant_id and let nothing else through; permissive ' +
      'policies add up, so one that shows all rows undoes the others.',
  });
}

function needsColumn(table: CatalogTable, cause: unknown): SluiceError {
  return new SluiceError('isolation_broken', {
    message: `It cannot be shown that the source keeps the tenants of the table "${table.name}" apart. Tell the operator.`,
    internal:
      `Table ${table.name}: its policies fail for an id that exists nowhere, since it does not fit their type. ` +
      'Name the column as well: "tenant": {"column": …, "rls": true}.',
    cause,
  });
}
