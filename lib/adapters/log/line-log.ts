import { asSluiceError } from '../../core/errors.ts';
import type { Log, LogFields } from '../../core/log.ts';
import { redact } from './redact.ts';

export type LineLevel = 'info' | 'warn' | 'error';

/** Takes one line, its end included. */
export type WriteLine = (line: string, level: LineLevel) => void;

/** Writes one JSON object per line. `context` says what ties a line to its invocation. */
export function createLineLog(
  write: WriteLine,
  clock: () => Date,
  context: () => LogFields = () => ({}),
): Log {
  const line = (level: LineLevel, message: string, fields: LogFields) => {
    const facts = { time: clock(), level, message, ...context(), ...fields };
    write(`${JSON.stringify(facts, redacted)}\n`, level);
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
  // The message stands before the frames, and may hold lines that look like some.
  const { stack = '', message } = error;
  const at = message === '' ? -1 : stack.indexOf(message);
  const trace = at < 0 ? stack : stack.slice(at + message.length);
  const frames = trace.split('\n').filter((text) => /^\s+at /.test(text));
  return frames
    .slice(0, 8)
    .map((text) => text.trim())
    .join(' | ');
}
