import type { ColumnType } from '../../../core/sources/column.ts';

/** What the system catalog says of a column's type; for a domain, of the type beneath it. */
export interface PostgresType {
  /** For example `timestamptz`; only names in `pg_catalog` are known to us. */
  readonly name: string;
  readonly isBuiltIn: boolean;
  readonly kind: 'base' | 'array' | 'enum' | 'composite' | 'domain' | 'range' | 'other';
}

/** How a type is written: its kind for the reader, and the SQL that makes its text of the `data` dialect. */
export interface TypeText {
  readonly type: ColumnType;
  /** `column` is an escaped identifier; it may appear several times in the result. */
  readonly expression: (column: string) => string;
}

/**
 * How values of a type are written. What is not listed is written as PostgreSQL itself writes it
 * (network addresses, geometry, ranges, bit strings, text search, extensions).
 *
 * - Times: ISO 8601, `T` between date and time, fractions without trailing zeros, UTC and `Z` where the
 *   type knows its zone. `infinity` and `-infinity` stay words. Years outside 0001 to 9999 are written
 *   in the expanded form with a sign: `-0043` is 44 BC, `+10000` is what it says, and 1 BC is `0000`.
 * - `time with time zone` keeps its own offset; without a date it has no UTC.
 * - money is written as an exact number without currency.
 * - Arrays and composites are JSON; times, money and the types of extensions are written in them as in
 *   columns (`jsonText`), NaN and Infinity are strings there, bytes are hex with `\x`, and an array's
 *   lower bound is not kept.
 */
export function typeText(type: PostgresType): TypeText {
  if (type.kind === 'array') return { type: 'array', expression: (column) => `to_json(${column})` };
  if (type.kind === 'composite')
    return { type: 'json', expression: (column) => `to_json(${column})` };
  return (type.isBuiltIn ? builtIn[type.name] : undefined) ?? { type: 'text', expression: asIs };
}

const asIs = (column: string) => column;

const builtIn: Readonly<Record<string, TypeText>> = {
  int2: { type: 'integer', expression: asIs },
  int4: { type: 'integer', expression: asIs },
  int8: { type: 'integer', expression: asIs },
  oid: { type: 'integer', expression: asIs },
  numeric: { type: 'decimal', expression: asIs },
  money: { type: 'decimal', expression: (column) => `${column}::numeric` },
  float4: { type: 'float', expression: asIs },
  float8: { type: 'float', expression: asIs },
  bool: { type: 'boolean', expression: (column) => `${column}::text` },
  uuid: { type: 'uuid', expression: asIs },
  // encode breaks its lines; base64 in a cell is one line.
  bytea: {
    type: 'bytes',
    expression: (column) => `replace(encode(${column}, 'base64'), chr(10), '')`,
  },
  date: { type: 'date', expression: dateText },
  time: { type: 'time', expression: asIs },
  timetz: { type: 'time', expression: asIs },
  timestamp: { type: 'timestamp', expression: timestampText },
  timestamptz: { type: 'timestamp', expression: instantText },
  interval: { type: 'interval', expression: asIs },
  json: { type: 'json', expression: asIs },
  jsonb: { type: 'json', expression: asIs },
};

function dateText(column: string): string {
  const early = `replace(${column}::text, ' BC', '')`;
  return ordinaryYear(column, 'date', `${column}::text`, expandedYear(column, early));
}

function timestampText(column: string): string {
  const text = `replace(${column}::text, ' ', 'T')`;
  // Before Christ the text ends in " BC"; that is cut off before the blank becomes a T.
  const early = `replace(replace(${column}::text, ' BC', ''), ' ', 'T')`;
  return ordinaryYear(column, 'timestamp', text, expandedYear(column, early));
}

function instantText(column: string): string {
  const inUtc = `(${column} at time zone 'UTC')`;
  const text = `replace(${inUtc}::text, ' ', 'T') || 'Z'`;
  const early = `replace(replace(${inUtc}::text, ' BC', ''), ' ', 'T') || 'Z'`;
  return ordinaryYear(column, 'timestamptz', text, expandedYear(column, early));
}

/** Nearly every value takes the short way; it costs two comparisons to know. */
function ordinaryYear(column: string, type: string, text: string, otherwise: string): string {
  const zone = type === 'timestamptz' ? ' 00:00:00+00' : '';
  const from = `${type} '0001-01-01${zone}'`;
  const until = `${type} '10000-01-01${zone}'`;
  return `case when ${column} >= ${from} and ${column} < ${until} then ${text} else ${otherwise} end`;
}

/** `text` begins with the year's digits and a dash; whether it is BC shows in the sign of the year. */
function expandedYear(column: string, text: string): string {
  const year = `extract(year from ${column})::int`;
  // There is no year 0 before Christ: 1 BC is 0, 2 BC is -1.
  const astronomical = `case when ${year} < 0 then ${year} + 1 else ${year} end`;
  const digits = `lpad(abs(${astronomical})::text, greatest(4, length(abs(${astronomical})::text)), '0')`;
  const sign = `case when ${year} > 9999 then '+' when ${year} < -1 then '-' else '' end`;
  return `case when isfinite(${column}) then ${sign} || ${digits} || substr(${text}, strpos(${text}, '-')) else ${column}::text end`;
}
