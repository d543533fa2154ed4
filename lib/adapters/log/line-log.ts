import { asSluiceError } from '../../core/errors.ts';
import type { Log, LogFields } from '../../core/log.ts';
import { redact } from './redact.ts';

/**
 * Writes one JSON object per line; the Functions host takes the lines of the process as traces, but
 * ties none of them to an invocation. `context` says what does.
 */
export function createLineLog(
  write: (line: string) => void,
  clock: () => Date,
  context: () => LogFields = () => ({}),
): Log {
  const line = (level: string, message: string, fields: LogFields) => {
    const facts = { time: clock(), level, message, ...context(), ...fields };
    write(`${JSON.stringify(facts, redacted)}\n`);
  };
  return {
    info: (message, fields = {}) => line('info', message, fields),
    warn: (message, fields = {}) => line('warn', message, fields),
    error: (message, error, fields = {}) =>
      line('error', message, { ...fields, ...factsOf(error) }),
  };
}

/** Each text before it becomes JSON: afterwards a quote in a secret would look like its end. */
function redacted(_: string, value: unknown): unknown {
  return typeof value === 'string' ? redact(value) : value;
}

/** A cause's message is left out: drivers put rows and addresses into theirs. Its frames are safe. */
function factsOf(error: unknown): LogFields {
  const { code, internal, cause } = asSluiceError(error);
  return {
    code,
    internal,
    cause: cause instanceof Error ? cause.name : undefined,
    frames: code === 'internal_error' ? framesOf(cause ?? error) : undefined,
  };
}

function framesOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const frames = (error.stack ?? '').split('\n').filter((text) => /^\s+at /.test(text));
  return frames
    .slice(0, 8)
    .map((text) => text.trim())
    .join(' | ');
}
