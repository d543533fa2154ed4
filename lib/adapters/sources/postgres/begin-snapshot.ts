import type { PostgresSourceConfig } from '../../../core/catalog/catalog.ts';
import { SluiceError } from '../../../core/errors.ts';
import { lockTimeoutSeconds } from './lock-timeout.ts';
import type { LoginFacts } from './login-powers.ts';
import { loginFactsSql } from './login-powers.ts';
import type { PostgresSession } from './session.ts';
import type { Backend } from './silence.ts';

/**
 * Begins the read-only transaction in which every statement sees one moment, with all settings that have
 * a say in how values are written. The moment is not fixed yet: BEGIN, SET, SAVEPOINT and LOCK take no
 * snapshot, every query does. So locks come next, and what they wait for is in the rows.
 */
export async function beginTransaction(
  session: PostgresSession,
  config: PostgresSourceConfig,
): Promise<void> {
  const settings = Object.entries({ ...fixedSettings, ...limits(config) });
  const set = settings.map(([name, value]) => `set local ${name} = ${listOrText(value)}`);
  await session.run(
    ['begin isolation level repeatable read read only', ...set, `savepoint ${savepoint}`].join(';'),
  );
}

/** The moment of the transaction's rows, and what its login may do at large. */
export interface Moment {
  readonly takenAt: Date;
  readonly login: LoginFacts;
  readonly backend: Backend;
}

/** The transaction's first query: it fixes the moment of all that follow, and sets the tenant. */
export async function fixMoment(session: PostgresSession, tenantSourceId: string): Promise<Moment> {
  // What was committed before the query was received is in its rows for sure.
  const [row] = await session.rows<MomentRow>(
    `select floor(extract(epoch from statement_timestamp()) * 1000)::float8 as taken_at_ms,
            set_config($1, $2, true), login.*,
            pg_backend_pid() as pid, pg_postmaster_start_time()::text as server_start
     from (${loginFactsSql}) as login`,
    [tenantSetting, tenantSourceId],
  );
  if (row === undefined)
    throw new SluiceError('query_failed', { internal: 'No row for settings.' });
  const backend = { pid: row.pid, serverStart: row.server_start };
  return { takenAt: new Date(row.taken_at_ms), login: row, backend };
}

interface MomentRow extends LoginFacts {
  readonly taken_at_ms: number;
  readonly pid: number;
  readonly server_start: string;
}

/** The name under which policies and predicates find the tenant. */
export const tenantSetting = 'sluice.tenant_id';

/** Set once; each step goes on from it, or back to it when it failed. */
export const savepoint = 'sluice_step';

const fixedSettings = {
  // Nothing is found by accident, and no object of the operator's can stand in for a built-in one.
  search_path: 'pg_catalog, pg_temp',
  // Each step sets it for its table; where none did, PostgreSQL refuses instead of hiding rows.
  row_security: 'off',
  TimeZone: 'UTC',
  DateStyle: 'ISO, MDY',
  IntervalStyle: 'iso_8601',
  bytea_output: 'hex',
  xmlbinary: 'base64',
  extra_float_digits: '1',
  client_encoding: 'UTF8',
  // Rows come in the same order every time.
  synchronize_seqscans: 'off',
} as const;

/** A list's members are no text: one in quotes would be a single schema with a comma in its name. */
function listOrText(value: string): string {
  return value === fixedSettings.search_path || value === fixedSettings.DateStyle
    ? value
    : `'${value}'`;
}

function limits(config: PostgresSourceConfig) {
  return {
    // Set in any case: the login may have a limit of its own, for use by hand.
    statement_timeout: `${config.statementTimeoutMinutes ?? 0}min`,
    lock_timeout: `${lockTimeoutSeconds}s`,
    // Should this process vanish without a word, the server does not keep the old rows for long.
    idle_in_transaction_session_timeout: '15min',
  };
}
