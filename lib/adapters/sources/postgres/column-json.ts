import { escapeIdentifier, escapeLiteral } from 'pg';
import { type PostgresType, typeText } from './column-text.ts';

/** A type with what it is made of, by oid; the parts are in the same map. */
export interface TypeNode {
  readonly type: PostgresType;
  /** The type under a domain, or of an array's elements. */
  readonly inner: number;
  /** The fields of a composite, in order. */
  readonly fields: readonly { readonly name: string; readonly oid: number }[];
}

export type TypeNodes = ReadonlyMap<number, TypeNode>;

/**
 * SQL that makes the JSON text of a value, by the same rules inside of arrays and composites as in a
 * column of its own (`typeText`); undefined where to_json follows them already.
 */
export function jsonText(nodes: TypeNodes, oid: number, value: string): string | undefined {
  return hasOwnRules(nodes, oid) ? ownText(nodes, oid, value) : undefined;
}

function hasOwnRules(nodes: TypeNodes, oid: number): boolean {
  const node = nodes.get(oid);
  if (node === undefined) return false;
  const { type, inner, fields } = node;
  if (type.kind === 'composite') return fields.some((field) => hasOwnRules(nodes, field.oid));
  if (type.kind === 'array' || type.kind === 'domain') return hasOwnRules(nodes, inner);
  // An extension may bring a cast to JSON, which to_json takes; the column shows the type's own text.
  return type.isBuiltIn ? ownRules.includes(type.name) : type.kind === 'base';
}

const ownRules = ['date', 'timestamp', 'timestamptz', 'money'];

function ownText(nodes: TypeNodes, oid: number, value: string): string {
  const node = nodes.get(oid);
  if (node === undefined || !hasOwnRules(nodes, oid)) return `to_json(${value})::text`;
  const { type, inner, fields } = node;
  if (type.kind === 'domain') return ownText(nodes, inner, value);
  if (type.kind === 'array') return arrayText(value, (element) => ownText(nodes, inner, element));
  if (type.kind !== 'composite') {
    const scalar = type.isBuiltIn ? typeText(type).expression(value) : `${value}::text`;
    return `to_json(${scalar})::text`;
  }
  const members = fields.map(({ name, oid: field }) => {
    const text = ownText(nodes, field, `(${value}).${escapeIdentifier(name)}`);
    return `${escapeLiteral(`${JSON.stringify(name)}:`)} || coalesce(${text}, 'null')`;
  });
  // Asked this way a composite of nothing but NULLs is still a composite.
  return `case when ${value} is distinct from null then '{' || ${members.join(` || ',' || `)} || '}' end`;
}

/** Each element in turn, with as many brackets as dimensions begin before it and end after it. */
function arrayText(value: string, elementText: (element: string) => string): string {
  const lengths = dimensions.map((at) => `coalesce(array_length(${value}, ${at}), 1) as l${at}`);
  const sizes = dimensions.map((at) =>
    dimensions
      .slice(at - 1)
      .map((each) => `l${each}`)
      .join(' * '),
  );
  const edges = (place: string) =>
    sizes.map((size, at) => `(${at} < dims and ${place} % (${size}) = 0)::int`).join(' + ');
  return `case when ${value} is not null then (
    select coalesce(string_agg(
      repeat('[', ${edges('(place - 1)')}) || coalesce(${elementText('each.element')}, 'null')
        || repeat(']', ${edges('place')}), ',' order by place), '[]')
    from (select element, row_number() over () as place
          from (select unnest(${value}) as element) as one) as each,
         (select array_ndims(${value}) as dims, ${lengths.join(', ')}) as size
  ) end`;
}

// PostgreSQL's arrays have six at most.
const dimensions = [1, 2, 3, 4, 5, 6];
