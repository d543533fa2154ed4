import type { PostgresSourceConfig } from '../../../core/catalog/catalog.ts';
import { SluiceError } from '../../../core/errors.ts';
import type { PostgresSession } from './session.ts';

/**
 * Begins the read-only transaction in which every statement sees one moment, sets the tenant and all
 * settings that have a say in how values are written, and answers the moment.
 */
export async function beginSnapshot(
  session: PostgresSession,
  config: PostgresSourceConfig,
  tenantSourceId: string,
): Promise<Date> {
  if (tenantSourceId === '') throw new TypeError('"tenantSourceId" must not be empty.');
  await session.rows('begin isolation level repeatable read read only');
  const settings = Object.entries({
    ...fixedSettings,
    ...limits(config),
    [tenantSetting]: tenantSourceId,
  });
  // The transaction's own time, not the first statement's: what was committed up to then is in it for sure.
  const [row] = await session.rows<{ taken_at_ms: number }>(
    `select floor(extract(epoch from transaction_timestamp()) * 1000)::float8 as taken_at_ms,
            set_config(name, value, true)
     from unnest($1::text[], $2::text[]) as setting(name, value)`,
    [settings.map(([name]) => name), settings.map(([, value]) => value)],
  );
  if (row === undefined)
    throw new SluiceError('query_failed', { internal: 'No row for settings.' });
  return new Date(row.taken_at_ms);
}

/** The name under which policies and predicates find the tenant. */
export const tenantSetting = 'sluice.tenant_id';

const fixedSettings = {
  // Nothing is found by accident, and no object of the operator's can stand in for a built-in one.
  search_path: 'pg_catalog, pg_temp',
  row_security: 'on',
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

function limits(config: PostgresSourceConfig) {
  return {
    statement_timeout: `${config.statementTimeoutMinutes}min`,
    lock_timeout: '30s',
    // Should this process vanish without a word, the server does not keep the old rows for long.
    idle_in_transaction_session_timeout: '15min',
  };
}
