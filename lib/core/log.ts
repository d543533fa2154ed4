/** Facts of one log line. Never a secret, a link, a connection string or row data. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** One event per line: a constant message and facts as fields. */
export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  /** The error's code and internal text are written; its cause's message too. */
  error(message: string, error: unknown, fields?: LogFields): void;
}
