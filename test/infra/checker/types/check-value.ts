import { type Finding, found } from '../finding.ts';
import type { Model } from '../program/model.ts';
import type { Call, Expression, ObjectExpression } from '../syntax/expression.ts';
import { isCallOf, possibleFields } from '../values/possible.ts';
import { candidates } from './candidates.ts';
import { checkKind, checkLiteral } from './check-literal.ts';
import { checkMissing, checkName } from './check-property.ts';
import { itemType } from './declared-type.ts';
import { choices, named, nothing, oneOf, type Shape, type Type } from './type.ts';

/** What a value is wanted to be. */
interface Wanted {
  readonly model: Model;
  readonly type: Type;
  /** Whether this is one layer of `union()`, where another one may have what is missing. */
  readonly layer?: boolean;
}

/**
 * Finds what is wrong with a value that stands where a type is wanted: through ternaries, `??`,
 * loops, variables and `union()`. What cannot be told from the text is accepted.
 */
export function* checkValue(value: Expression, wanted: Wanted): Generator<Finding> {
  if (choices(wanted.type).some(({ kind }) => kind === 'any')) return;
  switch (value.kind) {
    case 'text':
    case 'literal':
      yield* checkLiteral(value, wanted.type);
      break;
    case 'ternary':
      yield* checkValue(value.then, wanted);
      yield* checkValue(value.otherwise, wanted);
      break;
    case 'asserted':
      yield* checkValue(value.value, { ...wanted, type: oneOf([wanted.type, nothing]) });
      break;
    case 'binary':
      yield* checkBinary(value, wanted);
      break;
    case 'object':
      yield* checkObject(value, wanted);
      break;
    case 'array':
    case 'loop':
      yield* checkItems(value, wanted);
      break;
    case 'call':
      yield* checkCall(value, wanted);
      break;
    case 'name':
      yield* checkNamed(value, wanted);
      break;
    default:
      yield* checkKind(wanted.model, value, wanted.type);
  }
}

function* checkBinary(
  value: Expression & { readonly kind: 'binary' },
  wanted: Wanted,
): Generator<Finding> {
  if (value.operator !== '??') return yield* checkKind(wanted.model, value, wanted.type);
  yield* checkValue(value.left, { ...wanted, type: oneOf([wanted.type, nothing]) });
  yield* checkValue(value.right, wanted);
}

function* checkNamed(
  value: Expression & { readonly kind: 'name' },
  wanted: Wanted,
): Generator<Finding> {
  const binding = wanted.model.bindings.get(value);
  if (binding?.kind === 'var') yield* checkValue(binding.declaration.value, wanted);
  else yield* checkKind(wanted.model, value, wanted.type);
}

function* checkItems(
  value: Expression & { readonly kind: 'array' | 'loop' },
  wanted: Wanted,
): Generator<Finding> {
  const arrays = choices(wanted.type).filter(({ kind }) => kind === 'array');
  if (arrays.length === 0) {
    return yield found(
      value.at,
      'value-kind',
      `${named(wanted.type)} is wanted here, not an array.`,
    );
  }
  const ofItem = { ...wanted, type: itemType(oneOf(arrays)), layer: false };
  for (const item of value.kind === 'loop' ? [value.body] : value.items) {
    yield* checkValue(item, ofItem);
  }
}

/** The layers of `union()` are objects of one type; what all of them lack is missing. */
function* checkCall(call: Call, wanted: Wanted): Generator<Finding> {
  const { model, type, layer } = wanted;
  const shapes = choices(type).filter((one) => one.kind === 'object');
  const [shape] = shapes;
  if (!isCallOf(call, 'union') || shape === undefined) return yield* checkKind(model, call, type);
  for (const part of call.arguments) yield* checkValue(part, { ...wanted, layer: true });
  const { fields, complete } = possibleFields(model, call);
  if (layer === true || !complete || shapes.length > 1) return;
  yield* checkMissing(call.at, new Set(fields.keys()), shape);
}

function* checkObject(object: ObjectExpression, wanted: Wanted): Generator<Finding> {
  const shapes = choices(wanted.type).filter((one) => one.kind === 'object');
  if (shapes.length === 0) {
    return yield found(
      object.at,
      'value-kind',
      `${named(wanted.type)} is wanted here, not an object.`,
    );
  }
  const tried = candidates(object, shapes).map((shape) => [...checkShape(object, shape, wanted)]);
  yield* tried.reduce((best, next) => (next.length < best.length ? next : best));
}

function* checkShape(object: ObjectExpression, shape: Shape, wanted: Wanted): Generator<Finding> {
  const { model, layer } = wanted;
  for (const property of object.properties) {
    yield* checkName(property, shape);
    const known = typeof property.key === 'string' ? shape.properties.get(property.key) : undefined;
    const type = known?.type() ?? shape.additional?.();
    if (type === undefined || known?.readOnly === true) continue;
    const allowed = known?.required === true ? type : oneOf([type, nothing]);
    yield* checkValue(property.value, { model, type: allowed });
  }
  const isComplete = object.properties.every(({ key }) => typeof key === 'string');
  if (layer === true || !isComplete) return;
  const given = new Set(object.properties.map(({ key }) => String(key)));
  yield* checkMissing(object.at, given, shape);
}
