import { asNumber, asString, pick } from '../json.ts';
import { DemoError } from './demo-error.ts';

// Answers are read with suspicion, as a customer's program should.

/** The text at this place of an answer; throws a DemoError when it is something else. */
export function textAt(value: unknown, ...path: readonly string[]): string {
  return asString(pick(value, ...path)) ?? missing('text', path);
}

/** The number at this place of an answer. */
export function numberAt(value: unknown, ...path: readonly string[]): number {
  return asNumber(pick(value, ...path)) ?? missing('number', path);
}

/** The list at this place of an answer. */
export function listAt(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = pick(value, ...path);
  return Array.isArray(found) ? found : missing('list', path);
}

function missing(kind: string, path: readonly string[]): never {
  throw new DemoError(`The answer has no ${kind} at "${path.join('.')}".`);
}
