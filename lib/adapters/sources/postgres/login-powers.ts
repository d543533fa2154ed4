import type { CatalogTable, LoginPower } from '../../../core/catalog/catalog.ts';
import { SluiceError } from '../../../core/errors.ts';
import { relationNameOf } from './relation-name.ts';
import type { PostgresSession } from './session.ts';

/**
 * K1: the login may read and nothing else. Throws `login_too_powerful` for the first power over one of
 * these tables that the catalog does not allow by name. A power counts when the login has it itself,
 * inherits it, or could take it with SET ROLE. Tables that do not exist are passed over.
 */
export async function requireModestLogin(
  session: PostgresSession,
  tables: readonly CatalogTable[],
  tenantSourceId: string,
  allowed: readonly LoginPower[],
): Promise<void> {
  const names = tables.map((table) => relationNameOf(table, tenantSourceId));
  const rows = await session.rows<PowersRow>(powersSql, [
    names.map(({ schema }) => schema),
    names.map(({ relation }) => relation),
  ]);
  for (const row of rows) {
    const power = powersOf(row).find((found) => !allowed.includes(found));
    const table = tables[row.position - 1];
    if (power !== undefined && table !== undefined) throw tooPowerful(power, table);
  }
}

interface PowersRow {
  readonly position: number;
  readonly superuser: boolean;
  readonly bypass_rls: boolean;
  readonly owns_tables: boolean;
  readonly can_write: boolean;
}

// Who may do all is reported as that alone, and who owns a table is not also told that he may write to it.
function powersOf(row: PowersRow): readonly LoginPower[] {
  if (row.superuser) return ['superuser'];
  const bypass: readonly LoginPower[] = row.bypass_rls ? ['bypass_rls'] : [];
  if (row.owns_tables) return [...bypass, 'owns_tables'];
  return row.can_write ? [...bypass, 'can_write'] : bypass;
}

// session_user is the login itself, whatever role it starts in. MEMBER means: directly or by SET ROLE.
const powersSql = `
  with role as (
    select oid, rolsuper, rolbypassrls from pg_roles where pg_has_role(session_user, oid, 'MEMBER')
  )
  select wanted.position::int as position,
         (select bool_or(rolsuper) from role) as superuser,
         (select bool_or(rolbypassrls) from role) as bypass_rls,
         coalesce(pg_has_role(session_user, c.relowner, 'MEMBER'), false) as owns_tables,
         exists (
           select from role
           where has_table_privilege(role.oid, c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
              or has_any_column_privilege(role.oid, c.oid, 'INSERT, UPDATE')
         ) as can_write
  from unnest($1::text[], $2::text[]) with ordinality as wanted(schema, relation, position)
  left join (pg_class c join pg_namespace n on n.oid = c.relnamespace)
    on n.nspname = wanted.schema and c.relname = wanted.relation
       and c.relkind in ('r', 'p', 'v', 'm', 'f')
  order by wanted.position`;

const powerTexts: Readonly<Record<LoginPower, string>> = {
  superuser: 'is a superuser',
  bypass_rls: 'passes over row security (BYPASSRLS)',
  owns_tables: 'owns it',
  can_write: 'may write to it',
};

function tooPowerful(power: LoginPower, table: CatalogTable): SluiceError {
  return new SluiceError('login_too_powerful', {
    message:
      `The login that reads the table "${table.name}" ${powerTexts[power]}. The operator must give it ` +
      `SELECT and nothing else, or list "${power}" in "allowPowerfulLogin" of the source in the catalog.`,
    internal: `K1: ${power} on ${table.from}, through the source ${table.source}.`,
  });
}
