import { asString } from '../json.ts';
import type { CoreApi } from '../loader/core-api.ts';
import { type HostLog, isJsonLine, toLogLevel } from '../log.ts';

/** One line that the library or a handler logged. */
interface LogEntry {
  readonly level: string;
  readonly category: string;
  readonly message: string;
  readonly functionName?: string;
}

/** Lets the app's log hooks change a line, then writes it. A hook that throws never loses the line. */
export function writeInvocationLog(core: CoreApi, log: HostLog, entry: LogEntry): void {
  const context: Record<string, unknown> = { hookData: {}, appHookData: {}, ...entry };
  for (const hook of core.hooks('log')) {
    try {
      hook(context);
    } catch (error) {
      log.write('warning', `A log hook threw: ${String(error)}`);
    }
  }
  const level = toLogLevel(context['level']) ?? 'information';
  const message = asString(context['message']) ?? entry.message;
  // A line of JSON stays one; what it belongs to it says itself.
  const prefix =
    entry.functionName === undefined || isJsonLine(message) ? '' : `${entry.functionName}: `;
  log.write(level, `${prefix}${message}`);
}
