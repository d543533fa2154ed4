import type { ColumnType } from '../../../core/sources/column.ts';

/**
 * What a column holds, by the type it was declared with. SQLite itself holds any value in any column,
 * so this is a promise of the schema's author; values of another kind are written as they are.
 */
export function columnTypeOf(declared: string): ColumnType {
  const words = declared.toUpperCase();
  return rules.find(([pattern]) => pattern.test(words))?.[1] ?? 'text';
}

// The first that fits wins: DATETIME before DATE and TIME, INTERVAL and POINT before the INT in them.
const rules: readonly (readonly [RegExp, ColumnType])[] = [
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
