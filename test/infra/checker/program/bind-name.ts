import { suggestion } from '../suggest.ts';
import type { Expression, Member, Name, Nested } from '../syntax/expression.ts';
import type { Binder } from './binder.ts';
import type { Scope } from './binding.ts';
import { exported, exportsOf } from './symbols.ts';

/** Finds what a name means. */
export function bindName(binder: Binder, expression: Name, scope: Scope): void {
  const { name, at } = expression;
  const binding = scope(name);
  if (binding === undefined) {
    const near = suggestion(name, visibleNames(binder));
    binder.find(at, 'symbol-unknown', `nothing here is called ${name}.${near}`);
    return;
  }
  if (binding.kind === 'type' || binding.kind === 'func') {
    binder.find(at, 'symbol-kind', `${name} is a ${binding.kind} and no value.`);
    return;
  }
  binder.bind(expression, binding);
}

const visibleNames = ({ template }: Binder) =>
  template.declarations
    .filter(({ kind }) => kind !== 'output' && kind !== 'metadata')
    .map(({ name }) => name);

/** Finds what `namespace.name` means, where the object is an imported file. */
export function bindMember(binder: Binder, member: Member): void {
  const { object, name, at } = member;
  const space = binder.bindings.get(object);
  if (space?.kind !== 'namespace' || space.template === undefined) return;
  const binding = exported(space.template, name);
  if (binding !== undefined) {
    binder.bind(member, binding);
    return;
  }
  const near = suggestion(
    name,
    exportsOf(space.template).map((one) => one.name),
  );
  binder.find(at, 'symbol-unknown', `${space.template.file} exports no ${name}.${near}`);
}

/** Finds which resource `outer::inner` is. */
export function bindNested(binder: Binder, nested: Nested): void {
  const outer = binder.bindings.get(withoutIndex(nested.object));
  if (outer?.kind !== 'resource') return;
  const { resources } = outer.declaration.body;
  const declaration = resources.find(({ name }) => name === nested.name);
  if (declaration !== undefined) {
    binder.bind(nested, { kind: 'resource', declaration, template: outer.template });
    return;
  }
  const near = suggestion(
    nested.name,
    resources.map(({ name }) => name),
  );
  const text = `${outer.declaration.name} has no resource ${nested.name} in it.${near}`;
  binder.find(nested.at, 'symbol-unknown', text);
}

const withoutIndex = (expression: Expression) =>
  expression.kind === 'index' ? expression.object : expression;
