import type { CatalogTable, LoginPower } from '../../../core/catalog/catalog.ts';
import { SluiceError } from '../../../core/errors.ts';

/** What the login may do whatever the table. */
export interface LoginFacts {
  readonly superuser: boolean;
  readonly bypass_rls: boolean;
}

/** What the login may do to one table, beyond reading it. */
export interface TablePowers {
  readonly owns_tables: boolean;
  readonly can_write: boolean;
}

// session_user is the login itself, whatever role it starts in. MEMBER means: directly or by SET ROLE.
const roles = `select oid, rolsuper, rolbypassrls from pg_roles where pg_has_role(session_user, oid, 'MEMBER')`;

/** One row of `LoginFacts`. */
export const loginFactsSql = `
  select coalesce(bool_or(rolsuper), false) as superuser,
         coalesce(bool_or(rolbypassrls), false) as bypass_rls
  from (${roles}) as role`;

/** The columns of `TablePowers` for the relation `c` of pg_class. */
export const tablePowersSql = `
  pg_has_role(session_user, c.relowner, 'MEMBER') as owns_tables,
  exists (
    select from (${roles}) as role
    where has_table_privilege(role.oid, c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
       or has_any_column_privilege(role.oid, c.oid, 'INSERT, UPDATE')
  ) as can_write`;

/**
 * K1: the login may read and nothing else. Throws `login_too_powerful` for what it may do at large and
 * the catalog does not allow by name. A power counts when the login has it itself, inherits it, or could
 * take it with SET ROLE.
 */
export function requireModestLogin(
  login: LoginFacts,
  source: string,
  allowed: readonly LoginPower[],
): void {
  // Who may do all is reported as that alone.
  const powers: readonly LoginPower[] = login.superuser
    ? ['superuser']
    : login.bypass_rls
      ? ['bypass_rls']
      : [];
  const power = powers.find((found) => !allowed.includes(found));
  if (power === undefined) return;
  throw tooPowerful(power, 'of the data source', `the source ${source}`);
}

/** The same for what the login may do to this table; whoever may do all was asked before. */
export function requireReadOnly(
  powers: TablePowers,
  login: LoginFacts,
  table: CatalogTable,
  allowed: readonly LoginPower[],
): void {
  if (login.superuser) return;
  // Who owns a table is not also told that he may write to it.
  const held: readonly LoginPower[] = powers.owns_tables
    ? ['owns_tables']
    : powers.can_write
      ? ['can_write']
      : [];
  const power = held.find((found) => !allowed.includes(found));
  if (power === undefined) return;
  throw tooPowerful(
    power,
    `that reads the table "${table.name}"`,
    `${table.name}, source ${table.source}`,
  );
}

const powerTexts: Readonly<Record<LoginPower, string>> = {
  superuser: 'is a superuser',
  bypass_rls: 'passes over row security (BYPASSRLS)',
  owns_tables: 'owns it',
  can_write: 'may write to it',
};

function tooPowerful(power: LoginPower, which: string, where: string): SluiceError {
  return new SluiceError('login_too_powerful', {
    message:
      `The login ${which} ${powerTexts[power]}. The operator must give it SELECT and nothing else, ` +
      `or list "${power}" in "allowPowerfulLogin" of the source in the catalog.`,
    internal: `K1: ${power} on ${where}. Grant the login SELECT and nothing else, or list "${power}" in allowPowerfulLogin.`,
  });
}
