import type { Finding, Place } from '../finding.ts';
import { found } from '../finding.ts';
import type { Model } from '../program/model.ts';
import type { PlacedResource } from '../program/resources.ts';
import type { Rule } from '../rule.ts';
import { type Expression, plainText } from '../syntax/expression.ts';
import { eitherFields, type Field } from '../values/fields.ts';
import { possibleFields, possibleValues } from '../values/possible.ts';

/** A literal that a rule may ask for. */
export type Wanted = string | number | boolean;

/** What may stand at a path of property names, for example `properties.sku.name`. */
export function fieldAt(model: Model, object: Expression, path: string): Field {
  let field: Field = { values: [object], always: true };
  for (const name of path.split('.')) {
    const { fields } = eitherFields(field.values.map((value) => possibleFields(model, value)));
    const next = fields.get(name);
    if (next === undefined) return { values: [], always: false };
    field = { values: next.values, always: field.always && next.always };
  }
  const values = field.values.flatMap((value) => possibleValues(model, value));
  return { values, always: field.always };
}

/** The value that an expression says outright, or undefined. */
export function literalOf(expression: Expression): Wanted | undefined {
  if (expression.kind === 'literal') return expression.value ?? undefined;
  return plainText(expression);
}

/** Finds a resource in which a property is, or under some condition may be, anything else. */
export function* requireValue(
  model: Model,
  resource: PlacedResource,
  path: string,
  allowed: readonly Wanted[],
  rule: Rule,
  reason: string,
): Generator<Finding> {
  const { values, always } = fieldAt(model, resource.declaration.body, path);
  const wrong = values.find((value) => !isAllowed(value, allowed));
  if (wrong === undefined && always && values.length > 0) return;
  const at: Place = wrong?.at ?? resource.declaration.at;
  const text = `${path} of ${resource.declaration.name} must be ${allowed.join(' or ')}: ${reason}`;
  yield found(at, rule, text);
}

function isAllowed(value: Expression, allowed: readonly Wanted[]): boolean {
  const literal = literalOf(value);
  return literal !== undefined && allowed.includes(literal);
}

/** The resources of a type that the templates make themselves. */
export function made({ resources }: Model, type: string): readonly PlacedResource[] {
  return resources.filter(
    (resource) =>
      resource.type.toLowerCase() === type.toLowerCase() && !resource.declaration.existing,
  );
}
