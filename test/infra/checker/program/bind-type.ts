import { suggestion } from '../suggest.ts';
import type { TypeExpression } from '../syntax/type-expression.ts';
import { bindDecorators } from './bind-decorators.ts';
import type { Binder } from './binder.ts';
import type { Scope } from './binding.ts';
import { builtinTypes } from './builtins.ts';
import { exported } from './symbols.ts';

/** Finds what every name in a type means. */
export function bindType(binder: Binder, type: TypeExpression, scope: Scope): void {
  switch (type.kind) {
    case 'name':
      bindTypeName(binder, type, scope);
      break;
    case 'member':
      bindTypeMember(binder, type, scope);
      break;
    case 'item':
      bindType(binder, type.array, scope);
      break;
    case 'array':
      bindType(binder, type.item, scope);
      break;
    case 'nullable':
      bindType(binder, type.type, scope);
      break;
    case 'tuple':
      bindAll(binder, type.items, scope);
      break;
    case 'union':
      bindAll(binder, type.types, scope);
      break;
    case 'object':
      for (const property of type.properties) bindDecorators(binder, property, scope);
      bindAll(
        binder,
        type.properties.map((property) => property.type),
        scope,
      );
      if (type.additional !== undefined) bindType(binder, type.additional, scope);
      break;
    case 'value':
      break;
  }
}

function bindAll(binder: Binder, types: readonly TypeExpression[], scope: Scope): void {
  for (const type of types) bindType(binder, type, scope);
}

function bindTypeName(
  binder: Binder,
  type: TypeExpression & { readonly kind: 'name' },
  scope: Scope,
): void {
  if (builtinTypes.has(type.name)) return;
  const binding = scope(type.name);
  if (binding?.kind === 'type' || binding?.kind === 'namespace') {
    binder.bind(type, binding);
    return;
  }
  const names = binder.template.declarations
    .filter(({ kind }) => kind === 'type' || kind === 'import')
    .map(({ name }) => name);
  const near = suggestion(type.name, [...names, ...builtinTypes]);
  binder.find(type.at, 'type-unknown', `no type is called ${type.name} here.${near}`);
}

function bindTypeMember(
  binder: Binder,
  type: TypeExpression & { readonly kind: 'member' },
  scope: Scope,
): void {
  bindType(binder, type.object, scope);
  const space = binder.bindings.get(type.object);
  if (space?.kind !== 'namespace' || space.template === undefined) return;
  const binding = exported(space.template, type.name);
  if (binding?.kind === 'type') {
    binder.bind(type, binding);
    return;
  }
  binder.find(type.at, 'type-unknown', `${space.template.file} exports no type ${type.name}.`);
}
