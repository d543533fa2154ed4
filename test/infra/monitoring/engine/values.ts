/** A value of Kusto: null, a bool, a number, a text, a datetime, or a dynamic one as JSON has it. */
export type Value = unknown;

export type Row = Readonly<Record<string, Value>>;

/** Less than 0, 0 or more than 0; undefined where Kusto compares nothing, because one side is null. */
export function compare(a: Value, b: Value): number | undefined {
  if (isNull(a) || isNull(b)) return undefined;
  const [left, right] = [comparable(a), comparable(b)];
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

export function isNull(value: Value): boolean {
  return value === null || value === undefined;
}

/** `tostring`: null is the empty text, a dynamic value its JSON. */
export function textOf(value: Value): string {
  if (isNull(value)) return '';
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** `tolong`, `toint`, `todouble`: null where there is no number. */
export function numberOf(value: Value): number | null {
  if (isNull(value) || value === '') return null;
  const number = Number(value);
  return Number.isNaN(number) ? null : number;
}

function comparable(value: Value): number | string {
  if (value instanceof Date) return value.getTime();
  if (typeof value === 'boolean') return Number(value);
  return typeof value === 'number' ? value : textOf(value);
}
