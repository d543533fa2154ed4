import { type Finding, found } from '../finding.ts';
import type { Model } from '../program/model.ts';
import type { Declaration, Template } from '../syntax/declaration.ts';
import type { Expression, Loop } from '../syntax/expression.ts';
import { expressionsOf } from '../syntax/walk.ts';

/** Finds loops where Bicep takes none: inside a call, a ternary, a variable's object, another loop. */
export function* checkLoops({ program, resources }: Model): Generator<Finding> {
  for (const template of program.templates.values()) {
    const allowed = new Set(template.declarations.flatMap((one) => [...loopsOf(one)]));
    for (const { declaration } of resources) {
      for (const loop of propertyLoops(declaration.body)) allowed.add(loop);
    }
    yield* misplaced(template, allowed);
  }
}

function* misplaced(template: Template, allowed: ReadonlySet<Loop>): Generator<Finding> {
  for (const expression of expressionsOf(template)) {
    if (expression.kind !== 'loop') continue;
    const { at, condition } = expression;
    if (condition !== undefined) {
      yield found(at, 'loop-place', 'only a loop of resources or modules has an if; use filter().');
    }
    if (allowed.has(expression)) continue;
    yield found(at, 'loop-place', 'a loop is the whole value of a variable, output or property.');
  }
}

function* loopsOf(declaration: Declaration): Generator<Loop> {
  if (declaration.kind === 'var' || declaration.kind === 'output') {
    if (declaration.value.kind === 'loop') yield declaration.value;
  }
  if (declaration.kind === 'module') yield* propertyLoops(declaration.body);
}

/** The loops that are values of properties, and not inside another one. */
function* propertyLoops(value: Expression): Generator<Loop> {
  if (value.kind === 'array') {
    for (const item of value.items) yield* propertyLoops(item);
  }
  if (value.kind !== 'object') return;
  for (const { key, value: inner } of value.properties) {
    if (inner.kind === 'loop' && typeof key === 'string') yield inner;
    else yield* propertyLoops(inner);
  }
}
