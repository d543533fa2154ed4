import type { CatalogTable } from '../../../core/catalog/catalog.ts';
import { SluiceError } from '../../../core/errors.ts';
import type { Column } from '../../../core/sources/column.ts';
import type { CsvStream, Selection, Snapshot } from '../../../core/sources/source.ts';
import type { PostgresSession } from './session.ts';
import { planTable, type TablePlan } from './table-plan.ts';

/**
 * One repeatable-read transaction for one tenant. An error in one table leaves the others readable, in
 * the same moment: each step stands on a savepoint.
 */
export class PostgresSnapshot implements Snapshot {
  readonly takenAt: Date;
  readonly #session: PostgresSession;
  readonly #tenantSourceId: string;
  readonly #plans = new Map<CatalogTable, TablePlan>();
  readonly #onEnd: () => void;

  constructor(parts: SnapshotParts) {
    this.takenAt = parts.takenAt;
    this.#session = parts.session;
    this.#tenantSourceId = parts.tenantSourceId;
    this.#onEnd = parts.onEnd;
  }

  async describe(table: CatalogTable): Promise<readonly Column[]> {
    await this.#renewSavepoint();
    const plan = await this.#plan(table);
    return plan.columns;
  }

  async count({ table }: Selection): Promise<number> {
    await this.#renewSavepoint();
    const plan = await this.#plan(table);
    // A count may be shared among the server's processes; only the order of rows must not vary.
    const [row] = await this.#session.rows<{ rows: string }>(plan.countSql(), [], table.name);
    const rows = Number(row?.rows);
    if (!Number.isSafeInteger(rows))
      throw new SluiceError('query_failed', { internal: 'No count.' });
    return rows;
  }

  async stream(selection: Selection): Promise<CsvStream> {
    await this.#renewSavepoint();
    const plan = await this.#plan(selection.table);
    await this.#session.rows('set local max_parallel_workers_per_gather = 0');
    return this.#session.copy(plan.copySql(selection), selection.table.name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session.end();
    this.#onEnd();
  }

  async #plan(table: CatalogTable): Promise<TablePlan> {
    const known = this.#plans.get(table);
    if (known !== undefined) return known;
    const plan = await planTable(this.#session, table, this.#tenantSourceId);
    this.#plans.set(table, plan);
    return plan;
  }

  /** Back to where nothing has failed and nothing is set for one step only; the rows seen stay the same. */
  async #renewSavepoint(): Promise<void> {
    await this.#session.rows(`rollback to savepoint ${savepoint}`);
  }
}

export interface SnapshotParts {
  readonly session: PostgresSession;
  readonly takenAt: Date;
  readonly tenantSourceId: string;
  /** Called once the connection is gone. */
  readonly onEnd: () => void;
}

/** Set once when the snapshot is complete; every step goes back to it first. */
export const savepoint = 'sluice_step';
