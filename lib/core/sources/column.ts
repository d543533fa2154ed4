/**
 * What a column holds, in words that every source shares. It decides how a value is written
 * (api.md §4): numbers as exact text, times as ISO 8601 UTC, bytes as base64, arrays and JSON as JSON.
 */
export type ColumnType =
  | 'text'
  | 'integer'
  | 'decimal'
  | 'float'
  | 'boolean'
  | 'date'
  | 'time'
  | 'timestamp'
  | 'interval'
  | 'uuid'
  | 'bytes'
  | 'json'
  | 'array';

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  /** The type's name in the source, for example `numeric(10,2)`. */
  readonly sourceType: string;
  readonly nullable: boolean;
  /** True when the column belongs to the table's key. */
  readonly key: boolean;
  /** How its texts are read, where the catalog says that they are not UTF-8; `base64` makes them bytes. */
  readonly text?: 'latin1' | 'base64';
  /** Nobody asked for it: it stands before a single column that may be NULL, so that no line is empty. */
  readonly added?: true;
  /**
   * How many values were of another kind than the type says, where the source holds any value in any
   * column. They are exported as they are stored.
   */
  readonly otherKinds?: number;
}
