import type { CsvStream, RowStream, TableStream } from '../core/sources/source.ts';
import { encodeRecords } from './csv.ts';

// Sources that give rows bound their batches themselves; this keeps a lavish one small.
const batchRowsMax = 1000;

/** Any table stream as finished CSV records; a source that writes CSV itself is passed through. */
export function toCsvStream(stream: TableStream): CsvStream {
  return stream.kind === 'csv' ? stream : encodeRowStream(stream);
}

function encodeRowStream(stream: RowStream): CsvStream {
  return {
    kind: 'csv',
    async read(rowsMax) {
      const rows = await stream.read(Math.min(rowsMax, batchRowsMax));
      return rows && { bytes: encodeRecords(rows), rows: rows.length };
    },
  };
}
