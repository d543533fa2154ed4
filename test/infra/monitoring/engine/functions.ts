import { isNull, numberOf, textOf, type Value } from './values.ts';

type Scalar = (...args: Value[]) => Value;

const unitMs: Readonly<Record<string, number>> = {
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
};

/** The functions that the alerts call and that need no clock, as Kusto's reference describes them. */
export const functions: Readonly<Record<string, Scalar>> = {
  parse_json: (text) => parseJson(textOf(text)),
  parse_url: (url) => ({ Path: URL.parse(textOf(url))?.pathname ?? '' }),
  tostring: textOf,
  tolong: (value) => truncated(numberOf(value)),
  toint: (value) => truncated(numberOf(value)),
  todatetime: (text) => (isNull(text) ? null : new Date(textOf(text))),
  strcat: (...args) => args.map(textOf).join(''),
  extract: (pattern, group, text) =>
    new RegExp(textOf(pattern)).exec(textOf(text))?.[Number(group)] ?? '',
  replace_regex: (text, pattern, by) =>
    textOf(text).replaceAll(
      new RegExp(textOf(pattern), 'g'),
      textOf(by).replaceAll(/\\(\d)/g, '$$$1'),
    ),
  isempty: (value) => textOf(value) === '',
  isnotempty: (value) => textOf(value) !== '',
  coalesce: (...args) => args.find((value) => !isNull(value) && value !== '') ?? null,
  iff: (condition, yes, no) => (condition === true ? yes : no),
  case: (...args) => caseOf(args),
  max_of: (...args) => {
    const numbers = args.map(numberOf).filter((number) => number !== null);
    return numbers.length === 0 ? null : Math.max(...numbers);
  },
  pack_array: (...args) => args,
  array_length: (array) => (Array.isArray(array) ? array.length : null),
  datetime_diff: (unit, a, b) => boundariesBetween(textOf(unit), a, b),
};

/** A text that is no JSON stays a text, which has no fields. */
function parseJson(text: string): Value {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function truncated(number: number | null): number | null {
  return number === null ? null : Math.trunc(number);
}

function caseOf(args: readonly Value[]): Value {
  const otherwise = args.at(-1);
  for (let index = 0; index + 1 < args.length; index += 2) {
    if (args[index] === true) return args[index + 1];
  }
  return otherwise;
}

/** Counts the full units that begin between two times. */
function boundariesBetween(unit: string, a: Value, b: Value): Value {
  const ms = unitMs[unit];
  if (ms === undefined) throw new TypeError(`datetime_diff by ${unit} is not known here.`);
  if (!(a instanceof Date) || !(b instanceof Date)) return null;
  return Math.floor(a.getTime() / ms) - Math.floor(b.getTime() / ms);
}
