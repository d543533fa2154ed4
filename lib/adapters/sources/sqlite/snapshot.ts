import type { DatabaseSync } from 'node:sqlite';
import type { CatalogTable } from '../../../core/catalog/catalog.ts';
import type { Column } from '../../../core/sources/column.ts';
import type {
  RowStream,
  Selection,
  Snapshot,
  SnapshotRequest,
} from '../../../core/sources/source.ts';
import { SqliteRowStream } from './row-stream.ts';
import { planTable, type TablePlan } from './table-plan.ts';
import { throwIfAborted, translateError } from './translate-error.ts';

/** One read transaction for one tenant. */
export class SqliteSnapshot implements Snapshot {
  readonly takenAt: Date;
  readonly #database: DatabaseSync;
  readonly #request: SnapshotRequest;
  readonly #source: string;
  readonly #onEnd: () => void;
  readonly #plans = new Map<CatalogTable, TablePlan>();
  #stream: SqliteRowStream | undefined;

  constructor(parts: SnapshotParts) {
    this.takenAt = parts.takenAt;
    this.#database = parts.database;
    this.#request = parts.request;
    this.#source = parts.source;
    this.#onEnd = parts.onEnd;
  }

  async describe(table: CatalogTable): Promise<readonly Column[]> {
    return this.#attempt(table, () => this.#plan(table).columns);
  }

  async count({ table }: Selection): Promise<number> {
    return this.#attempt(table, () => {
      const statement = this.#database.prepare(this.#plan(table).countSql);
      const row = statement.get(this.#request.tenantSourceId) as unknown as readonly [bigint];
      return Number(row[0]);
    });
  }

  async stream({ table, columns }: Selection): Promise<RowStream> {
    return this.#attempt(table, () => {
      const plan = this.#plan(table);
      const { tenantSourceId, signal } = this.#request;
      const rows = this.#database.prepare(plan.selectSql(columns)).iterate(tenantSourceId);
      const place = { source: this.#source, step: 'query', table: table.name } as const;
      this.#stream = new SqliteRowStream({ rows, columns: typed(columns, plan), signal, place });
      return this.#stream;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stream?.close();
    if (this.#database.isOpen) this.#database.close();
    this.#onEnd();
  }

  #attempt<T>(table: CatalogTable, step: () => T): T {
    throwIfAborted(this.#request.signal);
    if (this.#stream?.isOpen === true) {
      throw new TypeError('A stream of this snapshot is still open: read it to its end first.');
    }
    try {
      return step();
    } catch (error) {
      if (error instanceof TypeError) throw error;
      throw translateError(error, { source: this.#source, step: 'query', table: table.name });
    }
  }

  #plan(table: CatalogTable): TablePlan {
    const plan = this.#plans.get(table) ?? planTable(this.#database, table);
    this.#plans.set(table, plan);
    return plan;
  }
}

export interface SnapshotParts {
  readonly database: DatabaseSync;
  readonly takenAt: Date;
  readonly request: SnapshotRequest;
  /** The source's name in the catalog, for the log. */
  readonly source: string;
  /** Called once the connection is closed. */
  readonly onEnd: () => void;
}

/** The types as the source has them, whatever the selection says. */
function typed(columns: readonly Column[], plan: TablePlan): readonly Column[] {
  return columns.map((column) => plan.columns.find(({ name }) => name === column.name) ?? column);
}
