import { type ObjectExpression, plainText, propertyOf } from '../syntax/expression.ts';
import { any, choices, oneOf, type Shape, type Type } from './type.ts';

/**
 * The shapes that an object may be meant to have: those that its own literals do not rule out, or
 * one that tells which literals would do.
 */
export function candidates(object: ObjectExpression, shapes: readonly Shape[]): readonly Shape[] {
  if (shapes.length === 1) return shapes;
  const likely = shapes.filter((shape) => !hasConflict(object, shape));
  return likely.length > 0 ? likely : [combined(shapes)];
}

/** Whether a property has a literal where this shape allows only others. */
function hasConflict(object: ObjectExpression, { properties }: Shape): boolean {
  return [...properties].some(([name, { type }]) => {
    const value = plainText(propertyOf(object, name)?.value);
    const literals = literalsOf(type());
    return value !== undefined && literals !== undefined && !literals.includes(value);
  });
}

function literalsOf(type: Type): readonly unknown[] | undefined {
  const all = choices(type);
  const literals = all.flatMap((one) => (one.kind === 'literal' ? [one.value] : []));
  return literals.length === all.length ? literals : undefined;
}

/** A shape whose properties allow what any of these allows, for an object that fits none of them. */
function combined(shapes: readonly Shape[]): Shape {
  const [first, ...more] = shapes;
  if (first === undefined) throw new TypeError('no shape to combine');
  const names = [...first.properties.keys()].filter((name) =>
    more.every(({ properties }) => properties.has(name)),
  );
  const properties = names.map((name) => {
    const all = shapes.flatMap((shape) => shape.properties.get(name) ?? []);
    const type = () => oneOf(all.map((one) => one.type()));
    return [name, { type, required: false, readOnly: false }] as const;
  });
  return { ...first, properties: new Map(properties), additional: () => any };
}
