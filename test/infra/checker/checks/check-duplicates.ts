import { type Finding, found } from '../finding.ts';
import type { Model } from '../program/model.ts';
import type { ObjectExpression } from '../syntax/expression.ts';
import { expressionsOf } from '../syntax/walk.ts';

/** Finds objects that have one property twice. */
export function* checkDuplicates({ program }: Model): Generator<Finding> {
  for (const template of program.templates.values()) {
    for (const expression of expressionsOf(template)) {
      if (expression.kind === 'object') yield* checkObject(expression);
    }
  }
}

function* checkObject({ properties }: ObjectExpression): Generator<Finding> {
  const seen = new Set<string>();
  for (const { at, key } of properties) {
    if (typeof key !== 'string') continue;
    if (seen.has(key)) yield found(at, 'duplicate', `the property ${key} is given twice.`);
    seen.add(key);
  }
}
