import { ConfigError } from '../../lib/config/config-error.ts';
import { SluiceError } from '../../lib/core/errors.ts';

/** Errors that only a mistake in the program itself throws; for those the trace is the news. */
const ownMistakes: readonly unknown[] = [
  'TypeError',
  'RangeError',
  'ReferenceError',
  'SyntaxError',
];

/** What a command says when it could not do its work: a sentence, no trace, no secret. */
export function tellFailure(error: unknown): string {
  if (error instanceof SluiceError) {
    const why = error.cause instanceof Error ? ` (${firstLine(error.cause)})` : '';
    return `${error.internal ?? error.message}${why}`;
  }
  if (error instanceof ConfigError) return error.message;
  if (!(error instanceof Error)) return String(error);
  return ownMistakes.includes(error.name) ? (error.stack ?? error.message) : firstLine(error);
}

function firstLine({ message, name }: Error): string {
  return message.split('\n')[0]?.trim() || name;
}
