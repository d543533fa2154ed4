import type { CatalogTable } from '../../../core/catalog/catalog.ts';
import { asSluiceError, SluiceError } from '../../../core/errors.ts';
import type { Column } from '../../../core/sources/column.ts';
import type { CsvStream, Selection, Snapshot } from '../../../core/sources/source.ts';
import { beginTransaction, fixMoment, type Moment, savepoint } from './begin-snapshot.ts';
import { countElsewhere, type Elsewhere } from './count-elsewhere.ts';
import { HeldRelations, tableChanged } from './held-relations.ts';
import { lockTable } from './lock-table.ts';
import { requireModestLogin } from './login-powers.ts';
import { probePolicies } from './probe-policies.ts';
import { relationNameOf } from './relation-name.ts';
import type { PostgresSession } from './session.ts';
import { planTable, type TablePlan } from './table-plan.ts';

export interface SnapshotParts extends Elsewhere {
  readonly session: PostgresSession;
  /** Called once the connection is gone. */
  readonly onEnd: () => void;
}

/**
 * One repeatable-read transaction for one tenant. The moment of its rows is fixed after its tables are
 * locked, and each step proves that what it read is what the moment knows (`HeldRelations`). An error in
 * one table leaves the others readable, in the same moment: each step stands on a savepoint.
 */
export class PostgresSnapshot implements Snapshot {
  readonly #parts: SnapshotParts;
  readonly #session: PostgresSession;
  readonly #held: HeldRelations;
  readonly #tables = new Map<CatalogTable, TablePlan | SluiceError>();
  #moment: Moment | undefined;

  private constructor(parts: SnapshotParts) {
    this.#parts = parts;
    this.#session = parts.session;
    this.#held = new HeldRelations(parts.session);
  }

  /** Throws what concerns the whole source; what concerns one table waits for its `describe`. */
  static async open(parts: SnapshotParts): Promise<PostgresSnapshot> {
    // What cannot be locked first may have changed under the snapshot; a new one then comes after that.
    for (let tries = 1; ; tries += 1) {
      const snapshot = new PostgresSnapshot(parts);
      await snapshot.#open();
      if (!snapshot.#hasChanged() || tries === openTriesMax) return snapshot;
      await parts.session.run('rollback');
    }
  }

  get takenAt(): Date {
    return this.#known().takenAt;
  }

  async describe(table: CatalogTable): Promise<readonly Column[]> {
    const plan = await this.#step(table);
    return plan.columns;
  }

  async count({ table }: Selection): Promise<number> {
    const plan = await this.#step(table, { mayShare: true });
    const { reachElsewhere } = this.#held;
    const before = reachElsewhere ? await countElsewhere(this.#parts, plan, table) : 0;
    const [row] = await this.#session.rows<{ rows: string }>(plan.countSql(), [], table.name);
    await this.#held.proveAfter(plan.countSql(), table);
    const rows = Number(row?.rows);
    if (!Number.isSafeInteger(rows))
      throw new SluiceError('query_failed', { internal: 'No count.' });
    if (rows >= before) return rows;
    const after = await countElsewhere(this.#parts, plan, table);
    if (rows < after) throw tableChanged(table);
    return rows;
  }

  async stream(selection: Selection): Promise<CsvStream> {
    const { table } = selection;
    const plan = await this.#step(table);
    const rowsSql = plan.rowsSql(selection.columns);
    const { isMarked } = plan;
    const reader = this.#session.copy(
      `copy (${rowsSql}) to stdout (${plan.copyOptions(selection.columns)})`,
      {
        table: table.name,
        isMarked,
      },
    );
    let proof: Promise<void> | undefined;
    const read = async (rowsMax: number) => {
      const batch = await reader.read(rowsMax);
      // The end is told only when it is proven that nothing is missing before it.
      if (batch === undefined) {
        proof ??= this.#held.proveAfter(rowsSql, table);
        await proof;
      }
      return batch;
    };
    return { kind: 'csv', read };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session.end();
    this.#parts.onEnd();
  }

  async #open(): Promise<void> {
    const { config, deps, request } = this.#parts;
    await beginTransaction(this.#session, config);
    const isExporting = request.purpose !== 'describing';
    const tables = isExporting ? request.tables : [];
    for (const table of tables) await this.#remember(table, () => this.#lock(table));
    await this.#beginStep();
    this.#moment = await fixMoment(this.#session, request.tenantSourceId);
    this.#session.watch(this.#moment.backend);
    requireModestLogin(this.#moment.login, deps.name, config.allowPowerfulLogin);
    for (const table of tables) await this.#remember(table, () => this.#step(table));
  }

  #hasChanged(): boolean {
    return [...this.#tables.values()].some(
      (known) => known instanceof SluiceError && known.code === 'table_changed',
    );
  }

  /** Keeps what goes wrong with one table for those who ask for it; what ends the session is thrown. */
  async #remember(table: CatalogTable, step: () => Promise<unknown>): Promise<void> {
    if (this.#tables.has(table)) return;
    try {
      await step();
    } catch (error) {
      if (!this.#session.isUsable || error instanceof TypeError) throw error;
      this.#tables.set(table, asSluiceError(error));
    }
  }

  async #lock(table: CatalogTable): Promise<void> {
    await this.#beginStep();
    await lockTable(
      this.#session,
      table,
      relationNameOf(table, this.#parts.request.tenantSourceId),
    );
  }

  /** Begins a step of this table and answers its plan, made and proven when it is first asked for. */
  async #step(table: CatalogTable, { mayShare = false } = {}): Promise<TablePlan> {
    await this.#beginStep(table, mayShare);
    const known = this.#tables.get(table);
    if (known instanceof SluiceError) throw known;
    if (known !== undefined) return known;
    const { config, request } = this.#parts;
    const plan = await planTable(this.#session, table, request.tenantSourceId, {
      login: this.#known().login,
      allowed: config.allowPowerfulLogin,
    });
    if (request.purpose !== 'describing') await this.#prove(plan, table);
    this.#tables.set(table, plan);
    return plan;
  }

  async #prove(plan: TablePlan, table: CatalogTable): Promise<void> {
    await this.#held.proveBefore(plan.rowsSql(plan.columns), table);
    if (!table.tenant.rls) return;
    // A step of its own: if the policies fail, what is proven stays locked.
    await this.#beginStep(table);
    await probePolicies(this.#session, plan, table, this.#parts.request.tenantSourceId);
  }

  /** Forwards to where nothing has failed; the locks and the moment stay. */
  async #beginStep(table?: CatalogTable, mayShare = false): Promise<void> {
    const { hasFailed } = this.#session;
    this.#held.onStep(hasFailed);
    const known = table && this.#tables.get(table);
    // Only a count is shared among the server's processes, since the order of rows must not vary; and only
    // of a table alone: what functions and policies lock in another process nobody could prove here.
    const isShared = mayShare && known !== undefined && 'isPlain' in known && known.isPlain;
    await this.#session.run(
      [
        hasFailed ? `rollback to savepoint ${savepoint}` : `release savepoint ${savepoint}`,
        ...(hasFailed ? [] : [`savepoint ${savepoint}`]),
        `set local row_security = ${table?.tenant.rls === true ? 'on' : 'off'}`,
        `set local max_parallel_workers_per_gather = ${isShared ? 'default' : '0'}`,
      ].join('; '),
    );
  }

  #known(): Moment {
    if (this.#moment === undefined) throw new TypeError('The snapshot is not open yet.');
    return this.#moment;
  }
}

const openTriesMax = 3;
