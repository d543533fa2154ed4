import type { Column } from '../core/sources/column.ts';
import type { Row, Value } from '../core/sources/source.ts';

/**
 * The first record of every part: the columns' names, each in quotes, ended by LF. Readers that look at
 * the first rows to learn how a file is quoted (DuckDB: 20,480) then know it, wherever the first value
 * with quotes comes.
 */
export function csvHeader(columns: readonly Column[]): Uint8Array {
  const names = columns.map(({ name }) => quoted(name));
  return Buffer.from(`${names.join(',')}\n`);
}

/**
 * Rows as records of the `data` dialect, each ended by LF: NULL is nothing, the empty string is
 * `""`, and only what needs quotes has them, just as PostgreSQL's COPY writes it.
 */
export function encodeRecords(rows: readonly Row[]): Uint8Array {
  let text = '';
  // PostgreSQL quotes a lone `\.`, which older readers of its dialect take for the end of the data.
  const special = rows[0]?.length === 1 ? /^(\\\.)?$|[",\n\r]/ : /^$|[",\n\r]/;
  for (const row of rows) {
    for (let index = 0; index < row.length; index++) {
      if (index > 0) text += ',';
      text += fieldOf(row[index] ?? null, special);
    }
    text += '\n';
  }
  return Buffer.from(text);
}

function fieldOf(value: Value, special: RegExp): string {
  if (value === null) return '';
  if (typeof value === 'string') return special.test(value) ? quoted(value) : value;
  if (!(value instanceof Uint8Array)) return String(value);
  if (value.byteLength === 0) return '""';
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64');
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
