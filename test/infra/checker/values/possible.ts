import type { Binding } from '../program/binding.ts';
import type { Model } from '../program/model.ts';
import type { Parameter, Template } from '../syntax/declaration.ts';
import { type Expression, plainText, propertyOf } from '../syntax/expression.ts';
import { eitherFields, type Fields, mergedFields, unknownFields, writtenFields } from './fields.ts';

/** Longer chains of names than this are not followed. */
const mostSteps = 30;

/**
 * The values that an expression may have: followed through names, parameters of modules, ternaries,
 * `??`, loops and fields of objects. What cannot be followed stands for itself.
 */
export function possibleValues(
  model: Model,
  expression: Expression,
  steps = mostSteps,
): readonly Expression[] {
  const next = steps - 1;
  const follow = (part: Expression) => possibleValues(model, part, next);
  if (next <= 0) return [expression];
  switch (expression.kind) {
    case 'name':
      return boundValues(model, expression, model.bindings.get(expression), next);
    case 'asserted':
      return follow(expression.value).filter(isGiven);
    case 'ternary':
      return [...follow(expression.then), ...follow(expression.otherwise)];
    case 'binary':
      if (expression.operator !== '??') return [expression];
      return [...follow(expression.left).filter(isGiven), ...follow(expression.right)];
    case 'member': {
      const binding = model.bindings.get(expression);
      if (binding !== undefined) return boundValues(model, expression, binding, next);
      return fieldValues(model, expression, expression.object, expression.name, next);
    }
    case 'index':
      return fieldValues(model, expression, expression.object, plainText(expression.index), next);
    case 'call':
      return isCallOf(expression, 'any') ? expression.arguments.flatMap(follow) : [expression];
    default:
      return [expression];
  }
}

const isGiven = (value: Expression) => value.kind !== 'literal' || value.value !== null;

/** Whether an expression calls the built-in function of this name. */
export function isCallOf(
  expression: Expression,
  name: string,
): expression is Expression & { readonly kind: 'call' } {
  if (expression.kind !== 'call') return false;
  const { callee } = expression;
  return (callee.kind === 'name' || callee.kind === 'member') && callee.name === name;
}

function boundValues(
  model: Model,
  expression: Expression,
  binding: Binding | undefined,
  steps: number,
): readonly Expression[] {
  const sources = sourcesOf(model, binding, steps);
  if (sources === undefined) return [expression];
  return sources.flatMap((source) => possibleValues(model, source, steps));
}

/** What a name stands for, one step further, or undefined where that cannot be told. */
export function sourcesOf(
  model: Model,
  binding: Binding | undefined,
  steps = mostSteps,
): readonly Expression[] | undefined {
  switch (binding?.kind) {
    case 'var':
      return [binding.declaration.value];
    case 'param':
      return argumentsOf(model, binding.declaration, binding.template);
    case 'item':
      return itemsOf(model, binding.source, steps);
    default:
      return undefined;
  }
}

/** A parameter has the value that a caller gives, or its default; from outside it may have any. */
function argumentsOf(
  model: Model,
  { name, value }: Parameter,
  template: Template,
): readonly Expression[] | undefined {
  const defaults = value === undefined ? [] : [value];
  return model.callers.get(template.file)?.flatMap(({ body }) => {
    const given = propertyOf(body, 'params')?.value;
    const argument = given?.kind === 'object' ? propertyOf(given, name)?.value : undefined;
    return argument === undefined ? defaults : [argument];
  });
}

/** The items of an array, or undefined where some of them are not known. */
function itemsOf(model: Model, source: Expression, steps: number) {
  const arrays = possibleValues(model, source, steps);
  const items = arrays.map((array) => (array.kind === 'array' ? array.items : undefined));
  return items.includes(undefined) ? undefined : items.flatMap((one) => one ?? []);
}

function fieldValues(
  model: Model,
  expression: Expression,
  object: Expression,
  name: string | undefined,
  steps: number,
): readonly Expression[] {
  const { fields, complete } = possibleFields(model, object, steps);
  const found = name === undefined ? [...fields.values()] : [fields.get(name)];
  const values = found.flatMap((field) => field?.values ?? []);
  if (!complete || values.length === 0) return [expression];
  return values.flatMap((value) => possibleValues(model, value, steps));
}

/** The fields that an object may have: through `union()` too. */
export function possibleFields(model: Model, object: Expression, steps = mostSteps): Fields {
  return eitherFields(
    possibleValues(model, object, steps).map((value) => {
      if (value.kind === 'object') return writtenFields(value);
      if (!isGiven(value)) return { fields: new Map(), complete: true };
      if (!isCallOf(value, 'union')) return unknownFields;
      return mergedFields(value.arguments.map((layer) => possibleFields(model, layer, steps - 1)));
    }),
  );
}
