import type { SQLOutputValue } from 'node:sqlite';
import type { ColumnType } from '../../../core/sources/column.ts';
import type { Value } from '../../../core/sources/source.ts';

/** Turns one stored value of a column into the value that is exported. */
export type ValueReader = (stored: SQLOutputValue) => Value;

/**
 * The reader for a column of this type. Integers stay exact (beyond 2^53 as bigint); 0 and 1 of a BOOLEAN
 * column are booleans; a DATETIME or TIMESTAMP column's `YYYY-MM-DD HH:MM[:SS[.fff]]`, which SQLite
 * defines as UTC, gets its `T` and `Z`. Anything else is exported as it is stored.
 */
export function valueReader(type: ColumnType): ValueReader {
  if (type === 'boolean') return readBoolean;
  return type === 'timestamp' ? readTimestamp : readPlain;
}

function readPlain(stored: SQLOutputValue): Value {
  if (typeof stored !== 'bigint') return stored;
  const number = Number(stored);
  return Number.isSafeInteger(number) ? number : stored;
}

function readBoolean(stored: SQLOutputValue): Value {
  if (stored === 0n) return false;
  return stored === 1n ? true : readPlain(stored);
}

function readTimestamp(stored: SQLOutputValue): Value {
  if (typeof stored !== 'string') return readPlain(stored);
  const parts = timestampPattern.exec(stored);
  if (parts === null) return stored;
  const [, day, minutes, seconds = ':00'] = parts;
  return `${day}T${minutes}${seconds}Z`;
}

const timestampPattern = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2})(:\d{2}(?:\.\d+)?)?Z?$/;
