import type {
  Declaration,
  Import,
  Module,
  Parameter,
  Resource,
  Template,
  TypeDeclaration,
  UserFunction,
  Variable,
} from '../syntax/declaration.ts';
import type { Expression } from '../syntax/expression.ts';
import type { TypeExpression } from '../syntax/type-expression.ts';

/** What a name means. `via` is the import that brings it here. */
export type Binding =
  | (Declared<'param', Parameter> | Declared<'var', Variable> | Declared<'resource', Resource>)
  | (
      | Declared<'module', Module>
      | Declared<'type', TypeDeclaration>
      | Declared<'func', UserFunction>
    )
  | { readonly kind: 'namespace'; readonly template?: Template; readonly via?: Import }
  /** One of the items of a source: a loop's variable or a lambda's parameter. */
  | { readonly kind: 'item'; readonly source: Expression }
  /** A parameter of a function, whose values come from anywhere. */
  | { readonly kind: 'argument'; readonly type: TypeExpression }
  /** Known, and no more: an index, a lambda's other parameters. */
  | { readonly kind: 'anything' };

interface Declared<Kind extends Declaration['kind'], Node extends Declaration> {
  readonly kind: Kind;
  readonly declaration: Node;
  readonly template: Template;
  readonly via?: Import;
}

/** Finds what a name means at one place of a template. */
export type Scope = (name: string) => Binding | undefined;

/** A scope in which these names are known before those outside. */
export function inner(names: ReadonlyMap<string, Binding>, outer: Scope): Scope {
  return (name) => names.get(name) ?? outer(name);
}
