import { parse } from 'csv-parse/sync';
import { asSluiceError, type SluiceError } from '../../../lib/core/errors.ts';
import type { TableStream, Value } from '../../../lib/core/sources/source.ts';

/** A cell as text; null for NULL. */
export type Cell = string | null;

/** All that a stream gave: the size of each batch, the bytes (of a CSV stream), the cells. */
export interface Drained {
  readonly batchRows: readonly number[];
  readonly bytes: Buffer;
  readonly cells: readonly (readonly Cell[])[];
}

/** Reads a stream to its end. */
export async function drain(stream: TableStream, rowsMax = 1_000_000): Promise<Drained> {
  const batchRows: number[] = [];
  const chunks: Buffer[] = [];
  const cells: Cell[][] = [];
  if (stream.kind === 'csv') {
    for (let batch = await stream.read(rowsMax); batch; batch = await stream.read(rowsMax)) {
      batchRows.push(batch.rows);
      // The bytes live only until the next read.
      chunks.push(Buffer.from(batch.bytes));
    }
  } else {
    for (let batch = await stream.read(rowsMax); batch; batch = await stream.read(rowsMax)) {
      batchRows.push(batch.length);
      cells.push(...batch.map((row) => row.map(cellOf)));
    }
  }
  const bytes = Buffer.concat(chunks);
  return { batchRows, bytes, cells: stream.kind === 'csv' ? parseCells(bytes) : cells };
}

/** Reads one batch and answers its number of rows; 0 at the end. */
export async function readRows(stream: TableStream, rowsMax: number): Promise<number> {
  if (stream.kind === 'csv') return (await stream.read(rowsMax))?.rows ?? 0;
  return (await stream.read(rowsMax))?.length ?? 0;
}

/** Reads CSV of the `data` dialect with an independent parser: an unquoted nothing is NULL. */
export function parseCells(bytes: Buffer): Cell[][] {
  return parse(bytes, {
    record_delimiter: '\n',
    cast: (value, { quoting }) => (value === '' && !quoting ? null : value),
  }) as Cell[][];
}

/** The SluiceError that the promise ends in; throws when it ends well. */
export async function failureOf(promise: Promise<unknown>): Promise<SluiceError> {
  const outcome = await promise.then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
  if (outcome === undefined) throw new Error('It was expected to fail and did not.');
  return asSluiceError(outcome.error);
}

/** Asks again and again until the answer is true; throws after the deadline. */
export async function until(
  condition: () => Promise<boolean>,
  what: string,
  deadlineMs = 15_000,
): Promise<void> {
  const end = Date.now() + deadlineMs;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`Not within ${deadlineMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function cellOf(value: Value): Cell {
  if (value === null) return null;
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : String(value);
}
