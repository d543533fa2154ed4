import { builtin, type Gives } from '../program/builtins.ts';
import type { Model } from '../program/model.ts';
import type { Template } from '../syntax/declaration.ts';
import type { Call, Expression, Index, Member } from '../syntax/expression.ts';
import { plainText } from '../syntax/expression.ts';
import { boundType } from './bound-type.ts';
import { declaredType, itemType } from './declared-type.ts';
import {
  any,
  anyArray,
  anyObject,
  bool,
  choices,
  int,
  nothing,
  oneOf,
  propertyType,
  string,
  type Type,
} from './type.ts';

const known = new WeakMap<Model, Map<Expression, Type>>();

/** The type of an expression's value; `any` where it cannot be told from the text. */
export function infer(model: Model, expression: Expression): Type {
  const types = known.get(model) ?? new Map<Expression, Type>();
  known.set(model, types);
  const type = types.get(expression) ?? inferNew(model, expression);
  types.set(expression, type);
  return type;
}

function inferNew(model: Model, expression: Expression): Type {
  switch (expression.kind) {
    case 'text':
      return textType(expression);
    case 'literal':
      return expression.value === null ? nothing : { kind: 'literal', value: expression.value };
    case 'object':
      return objectType(model, expression);
    case 'array':
      return { kind: 'array', item: () => oneOf(expression.items.map((one) => infer(model, one))) };
    case 'loop':
      return { kind: 'array', item: () => infer(model, expression.body) };
    case 'ternary':
      return oneOf([infer(model, expression.then), infer(model, expression.otherwise)]);
    case 'unary':
      return expression.operator === '!' ? bool : int;
    case 'binary':
      return binaryType(model, expression);
    case 'call':
      return callType(model, expression);
    case 'name':
    case 'nested':
      return boundType(model, model.bindings.get(expression), infer);
    case 'member':
      return memberType(model, expression);
    case 'index':
      return indexType(model, expression);
    case 'asserted':
      return withoutNull(infer(model, expression.value));
    case 'lambda':
      return any;
  }
}

function textType(text: Expression & { readonly kind: 'text' }): Type {
  const plain = plainText(text);
  return plain === undefined ? string : { kind: 'literal', value: plain };
}

function objectType(model: Model, object: Expression & { readonly kind: 'object' }): Type {
  const { properties } = object;
  if (properties.some(({ key }) => typeof key !== 'string')) return anyObject;
  const shapes = properties.map(
    ({ key, value }) =>
      [String(key), { type: () => infer(model, value), required: true, readOnly: false }] as const,
  );
  return { kind: 'object', label: 'this object', members: 'property', properties: new Map(shapes) };
}

function binaryType(
  model: Model,
  { operator, left, right }: Expression & { readonly kind: 'binary' },
): Type {
  if (operator === '??') {
    return oneOf([withoutNull(infer(model, left)), infer(model, right)]);
  }
  return ['+', '-', '*', '/', '%'].includes(operator) ? int : bool;
}

/** A type without null among its choices. */
function withoutNull(type: Type): Type {
  return oneOf(choices(type).filter(({ kind }) => kind !== 'null'));
}

const given: Readonly<Record<NonNullable<Gives>, Type>> = {
  array: anyArray,
  bool,
  int,
  object: anyObject,
  string,
};

function callType(model: Model, call: Call): Type {
  const binding = model.bindings.get(call);
  if (binding?.kind === 'func') return declaredType(model, binding.declaration.returns);
  const { callee } = call;
  if (callee.kind !== 'name') return any;
  const gives = builtin(templateOf(model, call), callee.name)?.[2];
  return gives === undefined ? any : given[gives];
}

function templateOf({ program }: Model, { at }: Expression): Template {
  const template = program.templates.get(at.file);
  if (template === undefined) throw new TypeError(`${at.file} is no file of this program`);
  return template;
}

function memberType(model: Model, member: Member): Type {
  const binding = model.bindings.get(member);
  if (binding !== undefined) return boundType(model, binding, infer);
  return oneOf(
    choices(withoutNull(infer(model, member.object))).map(
      (type) => propertyType(type, member.name) ?? any,
    ),
  );
}

function indexType(model: Model, { object, index }: Index): Type {
  const type = infer(model, object);
  const name = plainText(index);
  if (name !== undefined) return oneOf(choices(type).map((one) => propertyType(one, name) ?? any));
  return itemType(type);
}
