import type { Expression, ObjectExpression } from '../syntax/expression.ts';

/** What an object may hold under one name. */
export interface Field {
  readonly values: readonly Expression[];
  /** Whether the object has it, and nothing but these values, whatever the conditions are. */
  readonly always: boolean;
}

/** What is known of an object's fields; `complete` where it has no others. */
export interface Fields {
  readonly fields: ReadonlyMap<string, Field>;
  readonly complete: boolean;
}

/** Fields of which nothing is known. */
export const unknownFields: Fields = { fields: new Map(), complete: false };

/** The fields that an object is written with. */
export function writtenFields({ properties }: ObjectExpression): Fields {
  const fields = properties.flatMap(({ key, value }): [string, Field][] =>
    typeof key === 'string' ? [[key, { values: [value], always: true }]] : [],
  );
  return { fields: new Map(fields), complete: fields.length === properties.length };
}

/** The fields of one of these objects. */
export function eitherFields(alternatives: readonly Fields[]): Fields {
  const names = new Set(alternatives.flatMap(({ fields }) => [...fields.keys()]));
  const fields = [...names].map((name): [string, Field] => {
    const found = alternatives.map(({ fields }) => fields.get(name));
    return [
      name,
      {
        values: found.flatMap((field) => field?.values ?? []),
        always: found.every((field) => field?.always === true),
      },
    ];
  });
  return { fields: new Map(fields), complete: alternatives.every(({ complete }) => complete) };
}

/**
 * The fields of all these objects laid over each other; a later one wins. Over a layer that is not
 * complete nothing is certain any more: it may hold any name.
 */
export function mergedFields(layers: readonly Fields[]): Fields {
  const fields = new Map<string, Field>();
  for (const layer of layers) {
    if (!layer.complete) {
      for (const [name, { values }] of fields) fields.set(name, { values, always: false });
    }
    for (const [name, field] of layer.fields) fields.set(name, over(fields.get(name), field));
  }
  return { fields, complete: layers.every(({ complete }) => complete) };
}

function over(below: Field | undefined, field: Field): Field {
  if (below === undefined || field.always) return field;
  return { values: [...below.values, ...field.values], always: below.always };
}
