import { createLineLog } from '../../lib/adapters/log/line-log.ts';
import type { Log } from '../../lib/core/log.ts';

export interface NotingLog extends Log {
  readonly lines: readonly string[];
  /** The lines with this message, without their time. */
  of(message: string): readonly Readonly<Record<string, unknown>>[];
}

/** The app's own log, whose lines can be read back. */
export function notingLog(): NotingLog {
  const lines: string[] = [];
  const log = createLineLog(
    (line) => lines.push(line),
    () => new Date(0),
  );
  return {
    ...log,
    lines,
    of: (message) =>
      lines
        .map((line): Record<string, unknown> => JSON.parse(line))
        .filter((line) => line['message'] === message)
        .map(({ time, ...facts }) => facts),
  };
}
