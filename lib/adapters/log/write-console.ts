import type { WriteLine } from './line-log.ts';

/**
 * For lines that belong to no invocation. The host makes a line of standard output a trace with severity
 * Information; of standard error, one whose text says "warn" or "error", as its level does, a Warning or an Error.
 */
export const writeConsole: WriteLine = (line, level) => {
  const stream = level === 'info' ? process.stdout : process.stderr;
  stream.write(line);
};
