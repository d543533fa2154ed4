import type { RateLimitState } from './throttle/throttle.ts';

/**
 * The closed list of everything that can go wrong. A code is public and never changes its meaning.
 * `status` is the HTTP answer, `passing` says whether trying again later may help (Durable retries
 * only what is passing; the rest is returned as a result), `title` is the short text for people.
 */
export const errorTable = {
  // Requests that are malformed.
  invalid_json: { status: 400, passing: false, title: 'The body is not valid JSON' },
  invalid_body: { status: 400, passing: false, title: 'The body has mistakes' },
  invalid_query: { status: 400, passing: false, title: 'The query has mistakes' },
  invalid_header: { status: 400, passing: false, title: 'A header has a mistake' },
  key_in_url: { status: 400, passing: false, title: 'A key must not be in the URL' },
  link_lifetime_too_long: { status: 400, passing: false, title: 'A link lives at most 8 hours' },

  // Requests from the wrong caller, or for the wrong thing.
  unauthenticated: { status: 401, passing: false, title: 'No valid credential' },
  forbidden: { status: 403, passing: false, title: 'The credential does not allow this' },
  /** RFC 9470: the same credential will not do; the person signs in again. */
  fresh_sign_in_needed: {
    status: 401,
    passing: false,
    title: 'A fresh sign-in is needed for this',
  },
  wrong_region: { status: 421, passing: false, title: 'Another region serves this' },
  not_found: { status: 404, passing: false, title: 'Not found' },
  method_not_allowed: { status: 405, passing: false, title: 'This path does not take this method' },

  not_acceptable: { status: 406, passing: false, title: 'There is no answer of this kind' },

  // Requests that the state of things forbids.
  already_created: {
    status: 409,
    passing: false,
    title: 'The first request with this Idempotency-Key made it',
  },
  already_exists: { status: 409, passing: false, title: 'It exists already' },
  not_ready: { status: 409, passing: false, title: 'The export is not ready' },
  export_expired: { status: 409, passing: false, title: 'The files of this export are gone' },
  invalid_state: { status: 409, passing: false, title: 'The export is in another state' },
  webhook_state: { status: 409, passing: false, title: 'The webhook is in another state' },
  body_too_large: { status: 413, passing: false, title: 'The body is too large' },
  unsupported_media_type: { status: 415, passing: false, title: 'Send JSON' },
  idempotency_key_reused: {
    status: 422,
    passing: false,
    title: 'This Idempotency-Key stands for another request',
  },
  unknown_table: { status: 422, passing: false, title: 'No such table' },
  unknown_column: { status: 422, passing: false, title: 'No such column' },
  fetched_mismatch: {
    status: 422,
    passing: false,
    title: 'What was fetched is not what the manifest lists',
  },
  webhook_url_refused: {
    status: 422,
    passing: false,
    title: 'This address cannot be a webhook endpoint',
  },
  webhook_code_wrong: {
    status: 422,
    passing: false,
    title: 'This is not the code that was sent to the endpoint',
  },
  too_many_requests: { status: 429, passing: true, title: 'Too many requests' },
  limit_reached: { status: 422, passing: false, title: 'A limit is reached' },

  // Ends of a single table; they appear in `failedTables`.
  table_missing: { status: 422, passing: false, title: 'The table is not in the source' },
  column_missing: { status: 422, passing: false, title: 'A column is not in the source' },
  permission_denied: { status: 422, passing: false, title: 'The source refuses to show the table' },
  login_too_powerful: {
    status: 422,
    passing: false,
    title: "The source's login may do more than read",
  },
  rows_hidden: {
    status: 422,
    passing: false,
    title: 'Row security hides rows that nobody said may be hidden',
  },
  isolation_broken: {
    status: 422,
    passing: false,
    title: 'The source does not keep the tenants apart',
  },
  tenant_id_unfit: {
    status: 422,
    passing: false,
    title: "The tenant's id does not fit the table",
  },
  query_failed: { status: 422, passing: false, title: 'The source could not run the query' },
  statement_timeout: { status: 422, passing: false, title: 'Reading the table took too long' },
  column_alone: {
    status: 422,
    passing: false,
    title: 'A column that may be NULL cannot be exported alone',
  },
  row_too_large: { status: 422, passing: false, title: 'A row is too large to export' },
  text_not_utf8: { status: 422, passing: false, title: 'The source holds text that is not UTF-8' },
  count_mismatch: { status: 422, passing: false, title: 'Rows counted and rows written differ' },
  file_mismatch: { status: 422, passing: false, title: 'A stored file differs from its record' },
  table_interrupted: {
    status: 422,
    passing: false,
    title: 'Reading the table was interrupted too often',
  },
  cancelled: { status: 409, passing: false, title: 'The export was cancelled' },
  superseded: { status: 409, passing: false, title: 'A newer run of this step took over' },

  // Neighbours that do not answer; trying again may help.
  changed_meanwhile: {
    status: 409,
    passing: true,
    title: 'Somebody else changed it at the same moment',
  },
  table_locked: { status: 503, passing: true, title: 'The table is locked at the source' },
  table_changed: {
    status: 503,
    passing: true,
    title: 'The table was rebuilt while it was being read',
  },
  source_busy: { status: 503, passing: true, title: 'The data source has no free connection' },
  source_unreachable: { status: 503, passing: true, title: 'The data source does not answer' },
  connection_lost: { status: 503, passing: true, title: 'The connection to the data source broke' },
  storage_unavailable: { status: 503, passing: true, title: 'The storage does not answer' },
  identity_unavailable: {
    status: 503,
    passing: true,
    title: 'The identity provider does not answer',
  },
  audit_unavailable: { status: 503, passing: true, title: 'The audit log does not answer' },
  secret_unavailable: { status: 503, passing: true, title: 'A secret cannot be read' },
  configuration_invalid: { status: 503, passing: true, title: 'The service is not set up right' },

  // Ours.
  internal_error: { status: 500, passing: true, title: 'Something went wrong on our side' },
} as const satisfies Record<string, ErrorRule>;

interface ErrorRule {
  readonly status: number;
  readonly passing: boolean;
  readonly title: string;
}

export type ErrorCode = keyof typeof errorTable;

/** One mistake in a request, with its place as a JSON pointer. */
export interface Mistake {
  readonly pointer: string;
  readonly message: string;
}

export interface ErrorTexts {
  /** For the caller: what happened and what to do. Never a secret, a path, SQL or a foreign id. */
  readonly message?: string;
  /** For the log only: what is needed to find the cause. Never a secret, a link or row data. */
  readonly internal?: string;
  readonly mistakes?: readonly Mistake[];
  readonly retryAfterSeconds?: number;
  /** The limit that was reached; the answer names it in its `RateLimit` headers. */
  readonly rateLimit?: RateLimitState;
  /** Of `already_created`: the id of what was made. */
  readonly createdId?: string;
  readonly cause?: unknown;
}

/** The only error Sluice throws on purpose (besides TypeError for programmer mistakes). */
export class SluiceError extends Error {
  override readonly name = 'SluiceError';
  readonly code: ErrorCode;
  readonly internal: string | undefined;
  readonly mistakes: readonly Mistake[];
  readonly retryAfterSeconds: number | undefined;
  readonly rateLimit: RateLimitState | undefined;
  readonly createdId: string | undefined;

  constructor(code: ErrorCode, texts: ErrorTexts = {}) {
    super(
      texts.message ?? `${errorTable[code].title}.`,
      texts.cause === undefined ? {} : { cause: texts.cause },
    );
    this.code = code;
    this.internal = texts.internal;
    this.mistakes = texts.mistakes ?? [];
    this.retryAfterSeconds = texts.retryAfterSeconds;
    this.rateLimit = texts.rateLimit;
    this.createdId = texts.createdId;
  }
}

/** Turns anything thrown into a SluiceError; what is not one already becomes `internal_error`. */
export function asSluiceError(error: unknown): SluiceError {
  if (error instanceof SluiceError) return error;
  return new SluiceError('internal_error', { internal: classOf(error), cause: error });
}

/** Never the message of what nobody translated: it may hold rows, addresses or secrets. */
function classOf(error: unknown): string {
  if (!(error instanceof Error)) return `Something was thrown that is no error: ${typeof error}.`;
  const code =
    'code' in error && /^[A-Z0-9_]{2,40}$/.test(String(error.code)) ? ` ${error.code}` : '';
  return `An error that nobody translated: ${error.name}${code}.`;
}

/** True when trying the same thing again later may succeed. */
export function isPassing(error: unknown): boolean {
  return errorTable[asSluiceError(error).code].passing;
}

/** A failure as it is stored and shown: the code and the text for the caller. */
export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
}

/** What the caller may know of an error. */
export function failureOf(error: unknown): Failure {
  const { code, message } = asSluiceError(error);
  return { code, message };
}
