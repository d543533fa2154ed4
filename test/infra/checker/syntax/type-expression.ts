import type { Place } from '../finding.ts';
import type { Decorated } from './decorator.ts';

/** What stands where Bicep wants a type. */
export type TypeExpression =
  | { readonly kind: 'name'; readonly at: Place; readonly name: string }
  | { readonly kind: 'value'; readonly at: Place; readonly value: string | number | boolean | null }
  | {
      readonly kind: 'member';
      readonly at: Place;
      readonly object: TypeExpression;
      readonly name: string;
    }
  | { readonly kind: 'item'; readonly at: Place; readonly array: TypeExpression }
  | { readonly kind: 'array'; readonly at: Place; readonly item: TypeExpression }
  | { readonly kind: 'tuple'; readonly at: Place; readonly items: readonly TypeExpression[] }
  | { readonly kind: 'nullable'; readonly at: Place; readonly type: TypeExpression }
  | { readonly kind: 'union'; readonly at: Place; readonly types: readonly TypeExpression[] }
  | ObjectType;

/** `{ name: type }`; `additional` is the type behind `*:`. */
export interface ObjectType {
  readonly kind: 'object';
  readonly at: Place;
  readonly properties: readonly TypeProperty[];
  readonly additional?: TypeExpression;
}

export interface TypeProperty extends Decorated {
  readonly at: Place;
  readonly name: string;
  readonly type: TypeExpression;
}
