/** What values are allowed somewhere. Parts are computed when asked for, because types may recur. */
export type Type =
  | { readonly kind: 'any' | 'null' | 'string' | 'int' | 'bool' }
  | { readonly kind: 'literal'; readonly value: string | number | boolean }
  | { readonly kind: 'array'; readonly item: () => Type }
  | { readonly kind: 'oneOf'; readonly types: readonly Type[] }
  | Shape;

/** An object: its properties, and the type of all others where others are allowed. */
export interface Shape {
  readonly kind: 'object';
  /** What messages call it, for example `Microsoft.Storage/storageAccounts`. */
  readonly label: string;
  /** What its members are called; rules are named after it. */
  readonly members: 'property' | 'param' | 'output';
  readonly properties: ReadonlyMap<string, PropertyShape>;
  readonly additional?: () => Type;
}

export interface PropertyShape {
  readonly type: () => Type;
  readonly required: boolean;
  readonly readOnly: boolean;
}

/** The kinds of value that Bicep tells apart. */
export type Kind = 'null' | 'string' | 'int' | 'bool' | 'array' | 'object';

export const any: Type = { kind: 'any' };
export const string: Type = { kind: 'string' };
export const int: Type = { kind: 'int' };
export const bool: Type = { kind: 'bool' };
export const nothing: Type = { kind: 'null' };

/** An object about which nothing more is known. */
export const anyObject: Shape = {
  kind: 'object',
  label: 'object',
  members: 'property',
  properties: new Map(),
  additional: () => any,
};

/** An array about whose items nothing is known. */
export const anyArray: Type = { kind: 'array', item: () => any };

/** A property that may be left out. */
export const optional = (type: Type): PropertyShape => ({
  type: () => type,
  required: false,
  readOnly: false,
});

/** A type that is no choice of types itself. */
export type Choice = Exclude<Type, { readonly kind: 'oneOf' }>;

/** The types that a value may have. */
export function choices(type: Type): readonly Choice[] {
  return type.kind === 'oneOf' ? type.types.flatMap(choices) : [type];
}

/** One of these types. */
export function oneOf(types: readonly Type[]): Type {
  const [first, ...more] = types;
  return first !== undefined && more.length === 0 ? first : { kind: 'oneOf', types };
}

/** The kind of value that a type allows. */
export function kindOf(type: Choice): Kind | 'any' {
  if (type.kind !== 'literal') return type.kind;
  if (typeof type.value === 'number') return 'int';
  return typeof type.value === 'boolean' ? 'bool' : 'string';
}

/** How messages name a type. */
export function named(type: Type): string {
  const names = choices(type).map((one) => {
    if (one.kind === 'literal') return typeof one.value === 'string' ? `'${one.value}'` : one.value;
    return one.kind === 'object' ? one.label : one.kind;
  });
  return [...new Set(names)].join(' | ');
}

/** The type of a property, or undefined where the type has no such property. */
export function propertyType(type: Type, name: string): Type | undefined {
  if (type.kind === 'any') return any;
  if (type.kind !== 'object') return undefined;
  return type.properties.get(name)?.type() ?? type.additional?.();
}
