import type { Mistake } from '../../lib/core/errors.ts';
import { mistakesMax, pointerOf } from './mistakes.ts';

const depthMax = 16;
const refusedNames: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

interface Visit {
  readonly value: unknown;
  readonly path: readonly PropertyKey[];
}

/**
 * Finds what no schema would see: names that change what objects are, and nesting beyond 16 levels.
 * It keeps its own stack, so that no body can exhaust the real one.
 */
export function checkJson(root: unknown): readonly Mistake[] {
  const mistakes: Mistake[] = [];
  const stack: Visit[] = [{ value: root, path: [] }];
  for (let visit = stack.pop(); visit !== undefined; visit = stack.pop()) {
    const { value, path } = visit;
    if (typeof value !== 'object' || value === null) continue;
    if (path.length >= depthMax) return [tooDeep(path)];
    for (const [name, inner] of Object.entries(value)) {
      const innerPath = [...path, name];
      if (refusedNames.has(name)) mistakes.push(refusedName(innerPath));
      stack.push({ value: inner, path: innerPath });
    }
    if (mistakes.length >= mistakesMax) break;
  }
  return mistakes;
}

function tooDeep(path: readonly PropertyKey[]): Mistake {
  return { pointer: pointerOf(path), message: `Nested deeper than ${depthMax} levels.` };
}

function refusedName(path: readonly PropertyKey[]): Mistake {
  return { pointer: pointerOf(path), message: 'This name is not allowed.' };
}
