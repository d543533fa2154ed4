import type { ColumnType } from '../../../core/sources/column.ts';

/**
 * What a column holds, by the type it was declared with. SQLite itself holds any value in any column,
 * so this is a promise of the schema's author; values of another kind are counted (`read-value.ts`).
 */
export function columnTypeOf(declared: string): ColumnType {
  return firstMatch(typeRules, declared) ?? 'text';
}

/** How SQLite compares and stores the column's values (https://www.sqlite.org/datatype3.html §3.1). */
export type Affinity = 'integer' | 'text' | 'blob' | 'real' | 'numeric';

export function affinityOf(declared: string): Affinity {
  return declared === '' ? 'blob' : (firstMatch(affinityRules, declared) ?? 'numeric');
}

type Rules<T> = readonly (readonly [RegExp, T])[];

function firstMatch<T>(rules: Rules<T>, declared: string): T | undefined {
  const words = declared.toUpperCase();
  return rules.find(([pattern]) => pattern.test(words))?.[1];
}

// The first that fits wins: DATETIME before DATE and TIME, INTERVAL and POINT before the INT in them.
const typeRules: Rules<ColumnType> = [
  [/BOOL/, 'boolean'],
  [/JSON/, 'json'],
  [/UUID|GUID/, 'uuid'],
  [/DATETIME|TIMESTAMP/, 'timestamp'],
  [/DATE/, 'date'],
  [/TIME/, 'time'],
  [/INTERVAL|POINT/, 'text'],
  [/INT/, 'integer'],
  [/CHAR|CLOB|TEXT/, 'text'],
  [/BLOB|BINARY/, 'bytes'],
  [/REAL|FLOA|DOUB/, 'float'],
  [/DEC|NUMERIC|NUMBER|MONEY/, 'decimal'],
];

const affinityRules: Rules<Affinity> = [
  [/INT/, 'integer'],
  [/CHAR|CLOB|TEXT/, 'text'],
  [/BLOB/, 'blob'],
  [/REAL|FLOA|DOUB/, 'real'],
];
