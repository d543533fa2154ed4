import type { Binding } from '../program/binding.ts';
import { type Model, targetOf } from '../program/model.ts';
import {
  type Deployed,
  declarationsOf,
  type Module,
  type Template,
} from '../syntax/declaration.ts';
import type { Expression } from '../syntax/expression.ts';
import { declaredType, itemType, parameterType } from './declared-type.ts';
import { resourceType } from './resource-shape.ts';
import { any, optional, type Shape, string, type Type } from './type.ts';

/** Tells the type of an expression; handed in, because expressions hold names. */
type Infer = (model: Model, expression: Expression) => Type;

/** The type of what a name means. */
export function boundType(model: Model, binding: Binding | undefined, infer: Infer): Type {
  switch (binding?.kind) {
    case 'param':
      return parameterType(model, binding.declaration);
    case 'var':
      return infer(model, binding.declaration.value);
    case 'item':
      return itemType(infer(model, binding.source));
    case 'argument':
      return declaredType(model, binding.type);
    case 'resource': {
      const placed = model.placed.get(binding.declaration);
      return placed === undefined ? any : forEach(binding.declaration, resourceType(placed));
    }
    case 'module':
      return forEach(binding.declaration, moduleType(model, binding.template, binding.declaration));
    default:
      return any;
  }
}

function forEach({ loop }: Deployed, type: Type): Type {
  return loop === undefined ? type : { kind: 'array', item: () => type };
}

function moduleType(model: Model, template: Template, module: Module): Type {
  const target = targetOf(model, template, module);
  if (target === undefined) return any;
  const outputs = declarationsOf(target, 'output');
  const shape: Shape = {
    kind: 'object',
    label: target.file,
    members: 'output',
    properties: new Map(
      outputs.map(({ name, type }) => [
        name,
        { type: () => declaredType(model, type), required: true, readOnly: true },
      ]),
    ),
  };
  const properties = new Map([
    ['name', optional(string)],
    ['outputs', optional(shape)],
  ]);
  return { kind: 'object', label: `module ${module.name}`, members: 'property', properties };
}
