import type { Column } from '../../../lib/core/sources/column.ts';
import type { CsvStream } from '../../../lib/core/sources/source.ts';

export const idColumn: Column = {
  name: 'id',
  type: 'integer',
  sourceType: 'integer',
  nullable: false,
  key: true,
};

/** The records `0` to `rows-1`, at most so many at a time, in one buffer that every read overwrites. */
export function countingStream(
  rows: number,
  batchRows: number,
  record: (index: number) => string = (index) => `${index}\n`,
): CsvStream {
  let next = 0;
  let shared = Buffer.alloc(0);
  return {
    kind: 'csv',
    async read(rowsMax) {
      shared.fill('#');
      if (next === rows) return undefined;
      const count = Math.min(rowsMax, batchRows, rows - next);
      const from = next;
      const text = Array.from({ length: count }, (_, offset) => record(from + offset)).join('');
      if (shared.byteLength < Buffer.byteLength(text)) shared = Buffer.alloc(text.length * 4);
      next += count;
      return { bytes: shared.subarray(0, shared.write(text)), rows: count };
    },
  };
}
