import type { CatalogTable } from '../../../core/catalog/catalog.ts';
import { SluiceError } from '../../../core/errors.ts';
import type { Column } from '../../../core/sources/column.ts';
import type { RowStream, Selection, Snapshot } from '../../../core/sources/source.ts';
import type { ReaderProcess } from './reader-process.ts';
import { SqliteRowStream } from './row-stream.ts';
import { abortedBy } from './translate-error.ts';

export interface SnapshotParts {
  readonly reader: ReaderProcess;
  readonly takenAt: Date;
  readonly signal: AbortSignal;
  /** Called once, when the snapshot is closed. */
  readonly onEnd: () => Promise<void>;
}

/** One read transaction for one tenant, in a process of its own. */
export class SqliteSnapshot implements Snapshot {
  readonly takenAt: Date;
  readonly #reader: ReaderProcess;
  readonly #signal: AbortSignal;
  readonly #onEnd: () => Promise<void>;
  #stream: SqliteRowStream | undefined;
  #closed: SluiceError | undefined;

  constructor({ reader, takenAt, signal, onEnd }: SnapshotParts) {
    this.takenAt = takenAt;
    this.#reader = reader;
    this.#signal = signal;
    this.#onEnd = onEnd;
  }

  async describe(table: CatalogTable): Promise<readonly Column[]> {
    this.#requireIdle();
    return this.#reader.ask('describe', table);
  }

  async count({ table }: Selection): Promise<number> {
    this.#requireIdle();
    return this.#reader.ask('count', table);
  }

  async stream({ table, columns: selected }: Selection): Promise<RowStream> {
    this.#requireIdle();
    if (selected.length === 0) throw new TypeError('A selection has at least one column.');
    const columns = selected.map(({ name }) => name);
    await this.#reader.ask('stream', { table, columns });
    this.#stream = new SqliteRowStream({
      columns,
      next: () => this.#reader.ask('next', undefined),
      ended: () => this.#ended(),
    });
    return this.#stream;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed !== undefined) return;
    // Whoever reads on gets this, so that nobody takes it for the end of the rows.
    this.#closed = new SluiceError('cancelled', { internal: 'The snapshot was closed.' });
    await this.#onEnd();
  }

  #ended(): SluiceError | undefined {
    return abortedBy(this.#signal) ?? this.#closed;
  }

  #requireIdle(): void {
    const ended = this.#ended();
    if (ended !== undefined) throw ended;
    if (this.#stream?.isOpen === true) {
      throw new TypeError('A stream of this snapshot is still open: read it to its end first.');
    }
  }
}
