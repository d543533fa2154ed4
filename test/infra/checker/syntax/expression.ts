import type { Place } from '../finding.ts';
import type { Resource } from './declaration.ts';

/** An expression of Bicep; parentheses are gone, and every node knows where it stands. */
export type Expression =
  | Text
  | Literal
  | Name
  | ObjectExpression
  | ArrayExpression
  | Loop
  | Call
  | Member
  | Index
  | Nested
  | Asserted
  | Unary
  | Binary
  | Ternary
  | Lambda;

/** A string: text and interpolated expressions in turn. */
export interface Text {
  readonly kind: 'text';
  readonly at: Place;
  readonly parts: readonly (string | Expression)[];
}

/** A number, true, false or null. */
export interface Literal {
  readonly kind: 'literal';
  readonly at: Place;
  readonly value: number | boolean | null;
}

/** A symbol, as a value. */
export interface Name {
  readonly kind: 'name';
  readonly at: Place;
  readonly name: string;
}

/** An object, and the resources that are declared inside it. */
export interface ObjectExpression {
  readonly kind: 'object';
  readonly at: Place;
  readonly properties: readonly Property[];
  readonly resources: readonly Resource[];
}

/** One property; its key is computed where it is not a string. */
export interface Property {
  readonly at: Place;
  readonly key: string | Text;
  readonly value: Expression;
}

export interface ArrayExpression {
  readonly kind: 'array';
  readonly at: Place;
  readonly items: readonly Expression[];
}

/** `[for item, index in source: if (condition) body]`. */
export interface Loop {
  readonly kind: 'loop';
  readonly at: Place;
  readonly item?: string;
  readonly index?: string;
  readonly source: Expression;
  readonly condition?: Expression;
  readonly body: Expression;
}

export interface Call {
  readonly kind: 'call';
  readonly at: Place;
  readonly callee: Expression;
  readonly arguments: readonly Expression[];
}

/** `object.name` or `object.?name`. */
export interface Member {
  readonly kind: 'member';
  readonly at: Place;
  readonly object: Expression;
  readonly name: string;
  readonly safe: boolean;
}

export interface Index {
  readonly kind: 'index';
  readonly at: Place;
  readonly object: Expression;
  readonly index: Expression;
}

/** `parent::child`, a resource inside a resource. */
export interface Nested {
  readonly kind: 'nested';
  readonly at: Place;
  readonly object: Expression;
  readonly name: string;
}

/** `value!`, said not to be null. */
export interface Asserted {
  readonly kind: 'asserted';
  readonly at: Place;
  readonly value: Expression;
}

export interface Unary {
  readonly kind: 'unary';
  readonly at: Place;
  readonly operator: string;
  readonly operand: Expression;
}

export interface Binary {
  readonly kind: 'binary';
  readonly at: Place;
  readonly operator: string;
  readonly left: Expression;
  readonly right: Expression;
}

export interface Ternary {
  readonly kind: 'ternary';
  readonly at: Place;
  readonly condition: Expression;
  readonly then: Expression;
  readonly otherwise: Expression;
}

export interface Lambda {
  readonly kind: 'lambda';
  readonly at: Place;
  readonly parameters: readonly string[];
  readonly body: Expression;
}

/** What a text says if nothing in it is interpolated. */
export function plainText(expression: Expression | undefined): string | undefined {
  if (expression?.kind !== 'text' || expression.parts.length > 1) return undefined;
  const part = expression.parts[0] ?? '';
  return typeof part === 'string' ? part : undefined;
}

/** The property of this name, where an object has it under a fixed key. */
export function propertyOf(object: ObjectExpression, name: string): Property | undefined {
  return object.properties.find(({ key }) => key === name);
}
