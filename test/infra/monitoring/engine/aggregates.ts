import { compare, isNull, numberOf, textOf, type Value } from './values.ts';

/** The values of an aggregate's arguments, row by row. */
type Aggregate = (rows: readonly (readonly Value[])[]) => Value;

/** The aggregates of the alerts. Over no row at all each gives what Kusto gives: 0, an empty list or null. */
export const aggregates: Readonly<Record<string, Aggregate>> = {
  count: (rows) => rows.length,
  countif: (rows) => rows.filter(([condition]) => condition === true).length,
  dcountif: (rows) => distinct(rows.filter(([, condition]) => condition === true)).length,
  sum: (rows) => rows.reduce((total, [value]) => total + (numberOf(value) ?? 0), 0),
  max: (rows) => extreme(rows)?.[0] ?? null,
  make_set: distinct,
  make_list: (rows) => rows.map(([value]) => value).filter((value) => !isNull(value)),
  take_any: (rows) => rows[0]?.[0] ?? null,
};

/** `arg_max`: all arguments of the row that has the greatest first one; nulls over no row. */
export function argMax(rows: readonly (readonly Value[])[], width: number): readonly Value[] {
  return extreme(rows) ?? Array.from({ length: width }, () => null);
}

function extreme(rows: readonly (readonly Value[])[]): readonly Value[] | undefined {
  const known = rows.filter(([first]) => !isNull(first));
  return known.reduce<readonly Value[] | undefined>((best, row) => {
    if (best === undefined) return row;
    return (compare(row[0], best[0]) ?? 0) > 0 ? row : best;
  }, undefined);
}

function distinct(rows: readonly (readonly Value[])[]): Value[] {
  const known = rows.map(([value]) => value).filter((value) => !isNull(value));
  return [...new Map(known.map((value) => [textOf(value), value])).values()];
}
