import type { Place } from '../finding.ts';
import { type Expression, plainText } from './expression.ts';

/** `@name(…)` before a declaration; a namespace in front of the name is dropped. */
export interface Decorator {
  readonly at: Place;
  readonly name: string;
  readonly arguments: readonly Expression[];
}

/** What carries decorators. */
export interface Decorated {
  readonly decorators: readonly Decorator[];
}

/** The decorator of this name, or undefined. */
export function decoratorOf({ decorators }: Decorated, name: string): Decorator | undefined {
  return decorators.find((decorator) => decorator.name === name);
}

/** The text of `@description`, or undefined where there is none. */
export function descriptionOf(decorated: Decorated): string | undefined {
  return plainText(decoratorOf(decorated, 'description')?.arguments[0]);
}
