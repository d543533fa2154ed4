import type { SQLOutputValue } from 'node:sqlite';
import type { ColumnType } from '../../../core/sources/column.ts';
import type { Value } from '../../../core/sources/source.ts';
import { isDay, isTimeOfDay, utcOf } from './timestamp.ts';

/** Turns the stored values of one column into those that are exported, and counts what does not fit. */
export interface ValueReader {
  read(stored: SQLOutputValue): Value;
  /** Values so far that were of another kind than the column's type; NULL fits every type. */
  readonly otherKinds: number;
}

/**
 * The reader for a column of this type. What SQLite itself understands is converted: 0 and 1 of a BOOLEAN
 * column, a date-time to ISO 8601 UTC, a uuid of 16 bytes (JSON was made text in the query). Integers
 * stay exact, beyond 2^53 as bigint. Anything else is exported as it is stored and counted, but in a
 * column of bytes, where all is bytes: a text among base64 could not be told from it.
 */
export function createValueReader(type: ColumnType): ValueReader {
  const convert = conversions[type] ?? readText;
  let otherKinds = 0;
  return {
    read(stored) {
      if (stored === null) return null;
      const value = convert(stored);
      if (value !== undefined) return value;
      otherKinds++;
      return type === 'bytes' ? bytesOf(stored) : plain(stored);
    },
    get otherKinds() {
      return otherKinds;
    },
  };
}

type Stored = Exclude<SQLOutputValue, null>;

/** The value as its type has it; undefined for one that does not fit. */
type Conversion = (stored: Stored) => Value | undefined;

const conversions: Partial<Record<ColumnType, Conversion>> = {
  integer: (stored) => (typeof stored === 'bigint' ? plain(stored) : undefined),
  float: readNumber,
  decimal: (stored) =>
    typeof stored === 'string' && /^[+-]?\d+(\.\d+)?$/.test(stored) ? stored : readNumber(stored),
  boolean: readBoolean,
  timestamp: (stored) => (typeof stored === 'string' ? utcOf(stored) : undefined),
  date: (stored) => (typeof stored === 'string' && isDay(stored) ? stored : undefined),
  time: (stored) => (typeof stored === 'string' && isTimeOfDay(stored) ? stored : undefined),
  json: readJson,
  uuid: readUuid,
  bytes: (stored) => (stored instanceof Uint8Array ? stored : undefined),
};

/** A number is its own text; bytes are no text. */
function readText(stored: Stored): Value | undefined {
  return stored instanceof Uint8Array ? undefined : plain(stored);
}

function readNumber(stored: Stored): Value | undefined {
  return typeof stored === 'bigint' || typeof stored === 'number' ? plain(stored) : undefined;
}

function readBoolean(stored: Stored): Value | undefined {
  if (stored === 0n || stored === 1n) return stored === 1n;
  return stored === 'true' || stored === 'false' ? stored : undefined;
}

function readJson(stored: Stored): Value | undefined {
  if (typeof stored === 'string') return isJson(stored) ? stored : undefined;
  return typeof stored === 'number' && !Number.isFinite(stored) ? undefined : readNumber(stored);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function readUuid(stored: Stored): Value | undefined {
  if (typeof stored === 'string') return uuidPattern.test(stored) ? stored : undefined;
  if (!(stored instanceof Uint8Array) || stored.length !== 16) return undefined;
  const hex = Buffer.from(stored).toString('hex');
  return [
    [0, 8] as const,
    [8, 12] as const,
    [12, 16] as const,
    [16, 20] as const,
    [20, 32] as const,
  ]
    .map(([start, end]) => hex.slice(start, end))
    .join('-');
}

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

function plain(stored: Stored): Value {
  if (typeof stored !== 'bigint') return stored;
  const number = Number(stored);
  return Number.isSafeInteger(number) ? number : stored;
}

function bytesOf(stored: Stored): Uint8Array {
  return stored instanceof Uint8Array ? stored : Buffer.from(String(stored));
}
