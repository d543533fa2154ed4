import type { SluiceError } from '../../../core/errors.ts';
import type { Row, RowStream } from '../../../core/sources/source.ts';
import type { RowBatch } from './messages.ts';

export interface RowStreamParts {
  /** The names of the columns, in the order of the rows' cells. */
  readonly columns: readonly string[];
  readonly next: () => Promise<RowBatch>;
  /** Why nothing may be read any more: the snapshot is closed, or its signal aborted. */
  readonly ended: () => SluiceError | undefined;
}

/**
 * Rows from a reader process. While a batch is being written the next one is being read, and no further
 * one: at most two batches are in memory.
 */
export class SqliteRowStream implements RowStream {
  readonly kind = 'rows';
  readonly #parts: RowStreamParts;
  #ahead: Promise<RowBatch> | undefined;
  #rows: readonly Row[] = [];
  #otherKinds: ReadonlyMap<string, number> | undefined;
  #failure: unknown;

  constructor(parts: RowStreamParts) {
    this.#parts = parts;
    this.#readAhead();
  }

  /** False once the last batch came, or an error happened. */
  get isOpen(): boolean {
    return this.#otherKinds === undefined && this.#failure === undefined;
  }

  get otherKinds(): ReadonlyMap<string, number> {
    return this.#otherKinds ?? new Map();
  }

  async read(rowsMax: number): Promise<readonly Row[] | undefined> {
    if (!Number.isSafeInteger(rowsMax) || rowsMax < 1) {
      throw new TypeError('"rowsMax" must be a whole number of at least 1.');
    }
    const ended = this.#parts.ended();
    if (ended !== undefined) throw ended;
    if (this.#rows.length === 0) await this.#refill();
    if (this.#rows.length === 0) return undefined;
    const rows = this.#rows.slice(0, rowsMax);
    this.#rows = this.#rows.slice(rowsMax);
    return rows;
  }

  async #refill(): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#ahead === undefined) return;
    try {
      const batch = await this.#ahead;
      this.#ahead = undefined;
      this.#rows = batch.rows;
      if (batch.otherKinds === undefined) this.#readAhead();
      else this.#otherKinds = named(this.#parts.columns, batch.otherKinds);
    } catch (error) {
      this.#failure = error;
      throw error;
    }
  }

  #readAhead(): void {
    this.#ahead = this.#parts.next();
    // Its failure is met when its turn comes; until then it must not count as unhandled.
    this.#ahead.catch(() => {});
  }
}

function named(columns: readonly string[], counts: readonly number[]): Map<string, number> {
  return new Map(columns.map((name, index) => [name, counts[index] ?? 0]));
}
