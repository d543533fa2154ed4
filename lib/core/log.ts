/** Facts of one log line. Never a secret, a link, a connection string or row data. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** One event per line: a constant message and facts as fields. */
export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  /** Writes the error's code and internal text. Never its cause's message: drivers put data into theirs. */
  error(message: string, error: unknown, fields?: LogFields): void;
}
