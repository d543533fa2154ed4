import type { Model } from '../program/model.ts';
import { declarationsOf, type Parameter, type Template } from '../syntax/declaration.ts';
import { decoratorOf } from '../syntax/decorator.ts';
import type { ObjectType, TypeExpression } from '../syntax/type-expression.ts';
import {
  any,
  anyArray,
  anyObject,
  bool,
  choices,
  int,
  nothing,
  oneOf,
  type PropertyShape,
  type Shape,
  string,
  type Type,
} from './type.ts';

const builtin: Readonly<Record<string, Type>> = {
  any,
  array: anyArray,
  bool,
  int,
  object: anyObject,
  secureObject: anyObject,
  secureString: string,
  string,
};

/** The type that a type expression says; what cannot be followed allows everything. */
export function declaredType(model: Model, type: TypeExpression): Type {
  switch (type.kind) {
    case 'name':
      return namedType(model, type);
    case 'value':
      return type.value === null ? nothing : { kind: 'literal', value: type.value };
    case 'array':
      return { kind: 'array', item: () => declaredType(model, type.item) };
    case 'tuple':
      return {
        kind: 'array',
        item: () => oneOf(type.items.map((one) => declaredType(model, one))),
      };
    case 'nullable':
      return oneOf([declaredType(model, type.type), nothing]);
    case 'union':
      return oneOf(type.types.map((one) => declaredType(model, one)));
    case 'object':
      return shapeOf(model, type, 'this object');
    case 'member':
      return memberType(model, type);
    case 'item':
      return itemType(declaredType(model, type.array));
  }
}

function namedType(model: Model, type: TypeExpression & { readonly kind: 'name' }): Type {
  const binding = model.bindings.get(type);
  if (binding?.kind !== 'type') return builtin[type.name] ?? any;
  const { declaration } = binding;
  if (declaration.type.kind === 'object') return shapeOf(model, declaration.type, declaration.name);
  return declaredType(model, declaration.type);
}

function memberType(model: Model, type: TypeExpression & { readonly kind: 'member' }): Type {
  const binding = model.bindings.get(type);
  if (binding?.kind === 'type') return declaredType(model, binding.declaration.type);
  const object = declaredType(model, type.object);
  return (object.kind === 'object' && object.properties.get(type.name)?.type()) || any;
}

/** The type of an array's items. */
export function itemType(type: Type): Type {
  const items = choices(type).map((one) => (one.kind === 'array' ? one.item() : any));
  return oneOf(items);
}

function shapeOf(model: Model, { properties, additional }: ObjectType, label: string): Shape {
  const shapes = properties.map(({ name, type }): [string, PropertyShape] => [
    name,
    {
      type: () => declaredType(model, type),
      required: type.kind !== 'nullable',
      readOnly: false,
    },
  ]);
  return {
    kind: 'object',
    label,
    members: 'property',
    properties: new Map(shapes),
    ...(additional !== undefined && { additional: () => declaredType(model, additional) }),
  };
}

/** The type of a parameter, narrowed to what `@allowed` lists. */
export function parameterType(model: Model, parameter: Parameter): Type {
  const allowed = decoratorOf(parameter, 'allowed')?.arguments[0];
  if (allowed?.kind === 'array') {
    const values = allowed.items.map((item): Type => {
      if (item.kind === 'text') return { kind: 'literal', value: item.parts.join('') };
      return item.kind === 'literal' && item.value !== null
        ? { kind: 'literal', value: item.value }
        : any;
    });
    return oneOf(values);
  }
  return parameter.type === undefined ? any : declaredType(model, parameter.type);
}

/** Whether whoever deploys the template must give this parameter. */
export function isRequired({ type, value }: Parameter): boolean {
  return value === undefined && type?.kind !== 'nullable';
}

/** What may stand behind `params:` of a module with this template. */
export function parametersShape(model: Model, template: Template): Shape {
  const parameters = declarationsOf(template, 'param');
  return {
    kind: 'object',
    label: template.file,
    members: 'param',
    properties: new Map(
      parameters.map((parameter) => [
        parameter.name,
        {
          type: () => parameterType(model, parameter),
          required: isRequired(parameter),
          readOnly: false,
        },
      ]),
    ),
  };
}
