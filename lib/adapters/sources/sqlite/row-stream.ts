import type { SQLOutputValue } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { SluiceError } from '../../../core/errors.ts';
import type { Column } from '../../../core/sources/column.ts';
import type { Row, RowStream, Value } from '../../../core/sources/source.ts';
import { type ValueReader, valueReader } from './read-value.ts';
import { type ErrorPlace, throwIfAborted, translateError } from './translate-error.ts';

/**
 * Rows from a running statement. SQLite answers at once and holds the thread meanwhile, so a batch is at
 * most 2,000 rows or about 4 MiB of text and bytes, and every read lets others have a turn first.
 */
export class SqliteRowStream implements RowStream {
  readonly kind = 'rows';
  readonly #rows: Iterator<unknown>;
  readonly #readers: readonly ValueReader[];
  readonly #signal: AbortSignal;
  readonly #place: ErrorPlace;
  #isOpen = true;
  #error: SluiceError | undefined;

  constructor(parts: RowStreamParts) {
    this.#rows = parts.rows;
    this.#readers = parts.columns.map(({ type }) => valueReader(type));
    this.#signal = parts.signal;
    this.#place = parts.place;
  }

  /** False once the last row was read, an error happened, or the stream was closed. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  async read(rowsMax: number): Promise<readonly Row[] | undefined> {
    if (!Number.isSafeInteger(rowsMax) || rowsMax < 1) {
      throw new TypeError('"rowsMax" must be a whole number of at least 1.');
    }
    await nextTurn();
    if (this.#signal.aborted) this.close();
    throwIfAborted(this.#signal);
    if (this.#error !== undefined) throw this.#error;
    if (!this.#isOpen) return undefined;
    const batch = this.#nextBatch(Math.min(rowsMax, batchRowsMax));
    return batch.length === 0 ? undefined : batch;
  }

  /** Ends the statement; whoever reads on gets `cancelled`, so that nobody takes it for the end. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#error = new SluiceError('cancelled', { internal: 'The snapshot was closed.' });
    this.#rows.return?.();
  }

  #nextBatch(rowsMax: number): readonly Row[] {
    try {
      return this.#fill(rowsMax);
    } catch (error) {
      this.#isOpen = false;
      this.#error = translateError(error, this.#place);
      throw this.#error;
    }
  }

  #fill(rowsMax: number): readonly Row[] {
    const batch: Row[] = [];
    let weightBytes = 0;
    while (batch.length < rowsMax && weightBytes < batchWeightBytesMax) {
      const next = this.#rows.next();
      if (next.done === true) {
        this.#isOpen = false;
        break;
      }
      // With `returnArrays` the statement gives arrays; the types of node:sqlite do not say so.
      const stored = next.value as SQLOutputValue[];
      weightBytes += weightOf(stored);
      batch.push(this.#readRow(stored));
    }
    return batch;
  }

  #readRow(stored: readonly SQLOutputValue[]): Row {
    const row = new Array<Value>(stored.length);
    for (const [index, read] of this.#readers.entries()) row[index] = read(stored[index] ?? null);
    return row;
  }
}

export interface RowStreamParts {
  readonly rows: Iterator<unknown>;
  readonly columns: readonly Column[];
  readonly signal: AbortSignal;
  readonly place: ErrorPlace;
}

const batchRowsMax = 2_000;
const batchWeightBytesMax = 4 * 1024 * 1024;

function weightOf(stored: readonly SQLOutputValue[]): number {
  let bytes = 0;
  for (const value of stored) {
    if (typeof value === 'string' || value instanceof Uint8Array) bytes += value.length;
  }
  return bytes;
}
