import type { Place } from '../finding.ts';
import type { Decorated } from './decorator.ts';
import type { Expression, ObjectExpression } from './expression.ts';
import type { TypeExpression } from './type-expression.ts';

/** A statement that gives something a name. */
export type Declaration =
  | Parameter
  | Variable
  | Resource
  | Module
  | Output
  | TypeDeclaration
  | UserFunction
  | Import
  | Metadata;

interface Named extends Decorated {
  readonly at: Place;
  readonly name: string;
}

/** A parameter; in a parameter file it has a value and no type. */
export interface Parameter extends Named {
  readonly kind: 'param';
  readonly type?: TypeExpression;
  readonly value?: Expression;
}

export interface Variable extends Named {
  readonly kind: 'var';
  readonly value: Expression;
}

/** What a resource and a module have in common: perhaps one for each item, perhaps none at all. */
export interface Deployed extends Named {
  readonly body: ObjectExpression;
  readonly condition?: Expression;
  readonly loop?: { readonly item?: string; readonly index?: string; readonly source: Expression };
}

/** A resource; `type` is what stands in quotes, without the parent's part where it is nested. */
export interface Resource extends Deployed {
  readonly kind: 'resource';
  readonly type: string;
  readonly existing: boolean;
  /** The first line of the statement, decorators included. */
  readonly firstLine: number;
}

export interface Module extends Deployed {
  readonly kind: 'module';
  readonly path: string;
}

export interface Output extends Named {
  readonly kind: 'output';
  readonly type: TypeExpression;
  readonly value: Expression;
}

export interface TypeDeclaration extends Named {
  readonly kind: 'type';
  readonly type: TypeExpression;
}

export interface UserFunction extends Named {
  readonly kind: 'func';
  readonly parameters: readonly { readonly name: string; readonly type: TypeExpression }[];
  readonly returns: TypeExpression;
  readonly body: Expression;
}

/** One imported name; `original` is undefined where everything is imported as a namespace. */
export interface Import extends Named {
  readonly kind: 'import';
  readonly path: string;
  readonly original?: string;
}

export interface Metadata extends Named {
  readonly kind: 'metadata';
  readonly value: Expression;
}

/** One file: what it declares, and for a parameter file the template that it is for. */
export interface Template {
  readonly file: string;
  readonly using?: Place & { readonly path: string };
  readonly declarations: readonly Declaration[];
  /** Comments by the line that they end in. */
  readonly comments: ReadonlyMap<number, string>;
}

/** The declarations of one kind, in the order of the text. */
export function declarationsOf<Kind extends Declaration['kind']>(
  { declarations }: Template,
  kind: Kind,
): readonly Extract<Declaration, { readonly kind: Kind }>[] {
  return declarations.filter(
    (one): one is Extract<Declaration, { readonly kind: Kind }> => one.kind === kind,
  );
}
