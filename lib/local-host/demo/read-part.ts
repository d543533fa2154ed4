import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { parse } from 'csv-parse';

/** What was found by reading a part file from its first byte to its last. */
export interface PartContent {
  readonly columns: readonly string[];
  readonly rows: number;
  readonly uncompressedBytes: number;
  /** Rows whose `tenant_id` is somebody else's. */
  readonly foreignRows: number;
}

export interface PartReading {
  readonly signal: AbortSignal;
  /** Called now and then with the number of further rows. */
  readonly onRows: (rows: number) => void;
  /** Called with every row; what it throws ends the reading. */
  readonly onRecord?: (columns: readonly string[], record: readonly string[]) => void;
}

/** Reads a .csv.gz as any CSV reader would: a wrong quote or a record of another length throws. */
export async function readPart(
  path: string,
  tenantId: string,
  options: PartReading,
): Promise<PartContent> {
  let columns: readonly string[] = [];
  let tenantColumn = -1;
  let rows = 0;
  let foreignRows = 0;
  const parser = parse({
    recordDelimiter: '\n',
    onRecord: (record: readonly string[]) => {
      if (tenantColumn < 0) {
        columns = record;
        tenantColumn = record.indexOf('tenant_id');
        if (tenantColumn < 0) throw new TypeError('The header has no tenant_id.');
        return null;
      }
      rows += 1;
      if (record[tenantColumn] !== tenantId) foreignRows += 1;
      options.onRecord?.(columns, record);
      if (rows % rowsPerNews === 0) options.onRows(rowsPerNews);
      return null;
    },
  });
  let uncompressedBytes = 0;
  const measure = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      uncompressedBytes += chunk.length;
      yield chunk;
    }
  };
  const { signal } = options;
  // Every record is looked at and dropped, so nothing comes out of the parser; it only has to flow.
  await pipeline(createReadStream(path), createGunzip(), measure, parser.resume(), { signal });
  options.onRows(rows % rowsPerNews);
  return { columns, rows, uncompressedBytes, foreignRows };
}

const rowsPerNews = 10_000;
