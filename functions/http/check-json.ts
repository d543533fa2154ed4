import type { Mistake } from '../../lib/core/errors.ts';
import { mistakesMax, pointerOf } from './mistakes.ts';

const depthMax = 16;
const refusedNames: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

interface Visit {
  readonly value: unknown;
  readonly path: readonly PropertyKey[];
}

/**
 * Finds what no schema would see: names that change what objects are, texts that are not well-formed
 * Unicode, and nesting beyond 16 levels.
 * It keeps its own stack, so that no body can exhaust the real one.
 */
export function checkJson(root: unknown): readonly Mistake[] {
  const mistakes: Mistake[] = [];
  const stack: Visit[] = [{ value: root, path: [] }];
  for (let visit = stack.pop(); visit !== undefined; visit = stack.pop()) {
    const { value, path } = visit;
    mistakes.push(...textMistakes(value, path));
    if (typeof value !== 'object' || value === null) continue;
    if (path.length >= depthMax) return [tooDeep(path)];
    for (const [name, inner] of Object.entries(value)) {
      mistakes.push(...nameMistakes(name, path));
      stack.push({ value: inner, path: [...path, name] });
    }
    if (mistakes.length >= mistakesMax) break;
  }
  return mistakes;
}

function nameMistakes(name: string, path: readonly PropertyKey[]): readonly Mistake[] {
  const refused = refusedNames.has(name) ? [refusedName([...path, name])] : [];
  return [...textMistakes(name, path), ...refused];
}

/** No such text can be written in UTF-8, so what is stored, hashed or sent would be another one. */
function textMistakes(value: unknown, path: readonly PropertyKey[]): readonly Mistake[] {
  if (typeof value !== 'string' || value.isWellFormed()) return [];
  const message =
    'A text has half a character (a lone surrogate, \\ud800 to \\udfff). Send whole ones.';
  return [{ pointer: pointerOf(path), message }];
}

function tooDeep(path: readonly PropertyKey[]): Mistake {
  return { pointer: pointerOf(path), message: `Nested deeper than ${depthMax} levels.` };
}

function refusedName(path: readonly PropertyKey[]): Mistake {
  return { pointer: pointerOf(path), message: 'This name is not allowed.' };
}
