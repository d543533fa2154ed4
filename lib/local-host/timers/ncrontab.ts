import { HostError } from '../host-error.ts';

/** A schedule in six-field NCRONTAB (second minute hour day month weekday), in UTC. */
export interface Schedule {
  /** The first time after the given one; both in milliseconds since 1970. */
  next(afterMs: number): number;
}

interface FieldRule {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly words?: readonly string[];
}

const monthWords = [
  'jan',
  'feb',
  'mar',
  'apr',
  'may',
  'jun',
  'jul',
  'aug',
  'sep',
  'oct',
  'nov',
  'dec',
];
const weekdayWords = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const rules: readonly FieldRule[] = [
  { name: 'second', min: 0, max: 59 },
  { name: 'minute', min: 0, max: 59 },
  { name: 'hour', min: 0, max: 23 },
  { name: 'day', min: 1, max: 31 },
  { name: 'month', min: 1, max: 12, words: monthWords },
  { name: 'weekday', min: 0, max: 6, words: weekdayWords },
];

const dayMs = 86_400_000;
/** 29 February can be eight years away. */
const daysAheadMax = 9 * 366;

/** Reads an expression. Anything that is not six valid fields is a HostError that names the field. */
export function parseNcrontab(expression: string): Schedule {
  const fields = expression.trim().split(/\s+/);
  if (fields.length !== rules.length) {
    throw new HostError(`Schedule "${expression}" has ${fields.length} fields, NCRONTAB has six.`);
  }
  const sets = rules.map((rule, index) => parseField(fields[index] ?? '', rule, expression));
  return { next: (afterMs) => findNext(sets, afterMs, expression) };
}

function parseField(field: string, rule: FieldRule, expression: string): ReadonlySet<number> {
  const values = new Set<number>();
  for (const part of field.split(',')) {
    const range = parseRange(part.toLowerCase(), rule);
    if (range === undefined) {
      throw new HostError(`Schedule "${expression}": "${field}" is no valid ${rule.name}.`);
    }
    for (let value = range.from; value <= range.to; value += range.step) values.add(value);
  }
  return values;
}

function parseRange(
  part: string,
  rule: FieldRule,
): { from: number; to: number; step: number } | undefined {
  const [whole = '', stepText, extra] = part.split('/');
  const step =
    stepText === undefined ? 1 : toNumber(stepText, { name: 'step', min: 1, max: rule.max });
  if (step === undefined || extra !== undefined) return undefined;
  if (whole === '*') return { from: rule.min, to: rule.max, step };
  const [fromText = '', toText] = whole.split('-');
  const from = toNumber(fromText, rule);
  const single = stepText === undefined ? from : rule.max;
  const to = toText === undefined ? single : toNumber(toText, rule);
  return from === undefined || to === undefined || to < from ? undefined : { from, to, step };
}

function toNumber(text: string, { min, max, words = [] }: FieldRule): number | undefined {
  const word = words.indexOf(text.slice(0, 3));
  const value =
    word >= 0 && /^[a-z]{3,}$/.test(text) ? word + min : /^\d+$/.test(text) ? Number(text) : -1;
  return value < min || value > max ? undefined : value;
}

function findNext(
  sets: readonly ReadonlySet<number>[],
  afterMs: number,
  expression: string,
): number {
  const [seconds, minutes, hours, days, months, weekdays] = sets.map((set) =>
    [...set].toSorted((a, b) => a - b),
  );
  const startMs = (Math.floor(afterMs / 1_000) + 1) * 1_000;
  const firstDayMs = Math.floor(startMs / dayMs) * dayMs;
  for (let day = 0; day < daysAheadMax; day += 1) {
    const date = new Date(firstDayMs + day * dayMs);
    const fits =
      days?.includes(date.getUTCDate()) &&
      months?.includes(date.getUTCMonth() + 1) &&
      weekdays?.includes(date.getUTCDay());
    const time = fits ? firstTime(date.getTime(), startMs, [hours, minutes, seconds]) : undefined;
    if (time !== undefined) return time;
  }
  throw new HostError(`Schedule "${expression}" never comes due.`);
}

function firstTime(
  dayStartMs: number,
  startMs: number,
  [hours = [], minutes = [], seconds = []]: readonly (readonly number[] | undefined)[],
): number | undefined {
  for (const hour of hours) {
    const hourMs = dayStartMs + hour * 3_600_000;
    if (hourMs + 3_600_000 <= startMs) continue;
    for (const minute of minutes) {
      const minuteMs = hourMs + minute * 60_000;
      if (minuteMs + 60_000 <= startMs) continue;
      const second = seconds.find((value) => minuteMs + value * 1_000 >= startMs);
      if (second !== undefined) return minuteMs + second * 1_000;
    }
  }
  return undefined;
}
