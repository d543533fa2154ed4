/** The levels of the platform, from the most talkative to silence. */
const logLevels = [
  'trace',
  'debug',
  'information',
  'warning',
  'error',
  'critical',
  'none',
] as const;
export type LogLevel = (typeof logLevels)[number];

/** Where the host writes; one line per call. */
export interface HostLog {
  write(level: LogLevel, message: string): void;
}

/** A log on the console that drops everything below the given level; warnings and errors go to stderr. */
export function consoleLog(minimum: LogLevel): HostLog {
  const floor = logLevels.indexOf(minimum);
  return {
    write(level, message) {
      const rank = logLevels.indexOf(level);
      if (rank < floor || level === 'none') return;
      if (rank >= logLevels.indexOf('warning'))
        console.error(isJsonLine(message) ? message : `[${level}] ${message}`);
      else console.log(message);
    },
  };
}

/** True for the line of an app that logs objects; such a line carries its level itself. */
export function isJsonLine(message: string): boolean {
  return message.startsWith('{"');
}

/** The level of a name in any case; undefined for anything that is not a level. */
export function toLogLevel(name: unknown): LogLevel | undefined {
  const lower = typeof name === 'string' ? name.toLowerCase() : '';
  return logLevels.find((level) => level === lower);
}
