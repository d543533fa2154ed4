import { type Options, stringify } from 'csv-stringify/sync';
import type { Column } from '../core/sources/column.ts';
import type { Row, Value } from '../core/sources/source.ts';

/**
 * The first record of every part: the columns' names, each in quotes, ended by LF. Readers that look at
 * the first rows to learn how a file is quoted (DuckDB: 20,480) then know it, wherever the first value
 * with quotes comes.
 */
export function csvHeader(columns: readonly Column[]): Uint8Array {
  return Buffer.from(
    stringify([columns.map(({ name }) => name)], { ...dataOptions, quoted: true }),
  );
}

/**
 * Rows as records of the `data` dialect, each ended by LF: NULL is nothing, the empty string is
 * `""`, and only what needs quotes has them, just as PostgreSQL's COPY writes it.
 */
export function encodeRecords(rows: readonly Row[]): Uint8Array {
  return Buffer.from(
    stringify(
      rows.map((row) => row.map(asPlain)),
      rows[0]?.length === 1 ? singleColumnOptions : dataOptions,
    ),
  );
}

const dataOptions: Options = {
  record_delimiter: '\n',
  // A lone CR is a line's end to many readers.
  quote_record_delimiter: true,
  // The empty string; NULL never gets as far as this test.
  quoted_match: /^$/,
  cast: { boolean: String },
};

// PostgreSQL quotes a lone `\.`, which older readers of its dialect take for the end of the data.
const singleColumnOptions: Options = { ...dataOptions, quoted_match: /^(\\\.)?$/ };

// Done before csv-stringify looks at the value, which takes empty bytes for NULL.
function asPlain(value: Value): Exclude<Value, Uint8Array> {
  if (!(value instanceof Uint8Array)) return value;
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64');
}
