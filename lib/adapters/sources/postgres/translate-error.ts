import { DatabaseError } from 'pg';
import { type ErrorCode, SluiceError } from '../../../core/errors.ts';
import { lockTimeoutSeconds } from './lock-timeout.ts';
import { rowsHidden } from './rows-hidden.ts';

/** Where an error came from; a table's public name may be shown to the caller. */
export interface ErrorPlace {
  readonly source: string;
  readonly step: 'connect' | 'query';
  readonly table?: string;
  readonly signal?: AbortSignal;
  /** The operator's limit for one statement, where there is one. */
  readonly limitMinutes?: number;
}

/**
 * Turns whatever pg throws into a SluiceError. PostgreSQL's own text may hold row data and SQL, so it
 * stays in the cause; the texts hold the SQLSTATE or the system's error code, and our words.
 */
export function translateError(error: unknown, place: ErrorPlace): SluiceError {
  if (place.signal?.aborted === true) return cancelledError(place.signal);
  if (error instanceof SluiceError) return error;
  if (isRowSecurityRefusal(error)) return rowsHidden(place.table ?? '', error);
  const code = codeOf(error, place);
  return new SluiceError(code, {
    message: messageOf(code, place),
    internal: internalOf(error, place),
    cause: error,
  });
}

/** With row_security off PostgreSQL refuses where it would hide; the text is translated, the routine is not. */
function isRowSecurityRefusal(error: unknown): boolean {
  return error instanceof DatabaseError && error.routine === 'check_enable_rls';
}

/** The reason of the abort when it is one of ours, else `cancelled`. */
export function cancelledError(signal: AbortSignal): SluiceError {
  return signal.reason instanceof SluiceError ? signal.reason : new SluiceError('cancelled');
}

function codeOf(error: unknown, { step, limitMinutes }: ErrorPlace): ErrorCode {
  const state = sqlStateOf(error);
  if (state === tooManyConnections) return 'source_busy';
  if (step === 'connect') return 'source_unreachable';
  // A programmer's mistake is not dressed up as a failure of the source.
  if (error instanceof TypeError) return 'internal_error';
  // Without an SQLSTATE it is the socket's or pg's own error: the server is gone.
  if (state === undefined) return 'connection_lost';
  // Without a limit of ours somebody ended it by hand (pg_cancel_backend), and meant it.
  if (state === cancelled && limitMinutes === undefined) return 'query_failed';
  return byState[state] ?? byClass[state.slice(0, 2)] ?? 'query_failed';
}

const tooManyConnections = '53300';
const cancelled = '57014';

const byState: Readonly<Record<string, ErrorCode>> = {
  '57014': 'statement_timeout',
  // A lock that is not given within the limit, or only in a circle: somebody changes the table just now.
  '55P03': 'table_locked',
  '40P01': 'table_locked',
  '42P01': 'table_missing',
  '3F000': 'table_missing',
  '42703': 'column_missing',
  '42501': 'permission_denied',
  // A replica ends a read that is in the way of its recovery; another try may pass.
  '40001': 'connection_lost',
  '25P03': 'connection_lost',
  '57P01': 'connection_lost',
  '57P02': 'connection_lost',
  '57P03': 'connection_lost',
  '57P04': 'connection_lost',
  '57P05': 'connection_lost',
};

const byClass: Readonly<Record<string, ErrorCode>> = {
  '08': 'connection_lost',
  '53': 'source_unreachable',
};

function messageOf(code: ErrorCode, { table, limitMinutes = 0 }: ErrorPlace): string {
  const what = table === undefined ? 'the data source' : `the table "${table}"`;
  return (messages[code] ?? 'The data source could not read {}.')
    .replace('{}', what)
    .replace('{limit}', String(limitMinutes));
}

const messages: Readonly<Partial<Record<ErrorCode, string>>> = {
  internal_error: 'Something went wrong on our side. Try again later.',
  source_unreachable: 'The data source does not answer. Try again later.',
  connection_lost: 'The connection to the data source broke while reading. Try again later.',
  table_locked: 'Somebody holds a lock on {} at the source. Try again later.',
  source_busy: 'The data source has no free connection. Try again later.',
  statement_timeout:
    'Reading {} took longer than the {limit} minutes that the operator allows (statementTimeoutMinutes). Tell the operator.',
  table_missing: 'What {} is read from is not in the data source. Tell the operator.',
  column_missing: 'A column that {} needs is not in the data source. Tell the operator.',
  permission_denied: 'The data source refuses to show {}. Tell the operator.',
  query_failed: 'The data source could not read {}. Tell the operator.',
};

function internalOf(error: unknown, place: ErrorPlace): string {
  const table = place.table === undefined ? '' : `, table ${place.table}`;
  const state = sqlStateOf(error) ?? systemCodeOf(error);
  const hint =
    place.step === 'connect' ? (connectHints[state] ?? '') : queryHint(state, place.limitMinutes);
  return `Source ${place.source}${table}: ${place.step} failed with ${state}.${hint}`;
}

function queryHint(state: string, limitMinutes: number | undefined): string {
  if (state === cancelled && limitMinutes !== undefined) {
    return ` It took longer than statementTimeoutMinutes, which is ${limitMinutes}: raise it in the catalog or leave it out.`;
  }
  return queryHints[state] ?? '';
}

const queryHints: Readonly<Record<string, string>> = {
  '57014': ' Somebody at the server cancelled the statement (pg_cancel_backend).',
  '55P03': ` Somebody has held a lock on it for ${lockTimeoutSeconds} seconds (pg_locks says who); it is tried again.`,
  '40P01': ' It and another session waited for each other; it is tried again.',
  '42883':
    ' A function is not found. Names are looked up in pg_catalog alone here: write the schema in the view’s ' +
    'functions, or give them a search path (ALTER FUNCTION … SET search_path).',
  '42P01':
    ' A table is not found. If it is there, a function under the view looks for it without its schema, and ' +
    'names are looked up in pg_catalog alone here: write the schema, or ALTER FUNCTION … SET search_path.',
  '53200': ' The server is out of memory.',
  '53100': ' The server’s disk is full: a sort or a large value needs temporary files.',
};

const connectHints: Readonly<Record<string, string>> = {
  '28P01': ' The password is wrong: check the secret that holds the connection URL.',
  '28000':
    ' The login is refused: check the user in the secret and the server’s access rules (pg_hba.conf), which may demand TLS: tls.mode "verify".',
  '3D000': ' The database does not exist: check the secret that holds the connection URL.',
  '42501': ' The login may not connect to the database: grant CONNECT.',
  '53300':
    ' The server or the login has no connection left: lower maxConnections in the catalog, or raise the limit there.',
  ECONNREFUSED: ' Nothing listens at the address in the secret.',
  ENOTFOUND: ' The host in the secret has no address.',
  ERR_TLS_CERT_ALTNAME_INVALID: ' The certificate is for another host name.',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ' The certificate’s authority is unknown: set tls.caSecret.',
  SELF_SIGNED_CERT_IN_CHAIN: ' The certificate’s authority is unknown: set tls.caSecret.',
  DEPTH_ZERO_SELF_SIGNED_CERT: ' The certificate is self-signed: set tls.caSecret.',
  NO_TLS: ' The server offers no TLS: switch it on there.',
  NO_PASSWORD:
    ' The server asks for a password and the URL in the secret has none: postgres://user:password@host:5432/database.',
  TIMEOUT: ' No answer within connectTimeoutSeconds.',
};

function sqlStateOf(error: unknown): string | undefined {
  return error instanceof DatabaseError ? error.code : undefined;
}

function systemCodeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'an unknown error';
  if ('code' in error && typeof error.code === 'string') return error.code;
  // pg gives these no code; their texts are constants of pg.
  if (error.message.includes('does not support SSL')) return 'NO_TLS';
  if (error.message.includes('client password must be')) return 'NO_PASSWORD';
  if (error.message === 'timeout expired') return 'TIMEOUT';
  return 'a broken connection';
}
