import type { CatalogTable } from '../../../core/catalog/catalog.ts';
import { SluiceError } from '../../../core/errors.ts';
import type { PostgresSession } from './session.ts';

/**
 * The proof that no row is missing. A table that was truncated, rewritten, dropped, renamed or attached
 * after the snapshot and before its lock reads as empty, in part, or as another. Whatever a statement
 * reads, directly or under views, partitions, policies and functions, this transaction holds a lock on,
 * and from then on none of that can happen. So it is enough to compare, for each lock that we hold, what
 * the snapshot says of the relation with what is so now: file, name and parent.
 */
export class HeldRelations {
  readonly #session: PostgresSession;
  /** Found unchanged under a lock that lasts until the transaction ends. */
  #proven: readonly number[] = [];
  /** The same, up to the savepoint: a step that fails gives its locks back. */
  #provenBefore: readonly number[] = [];
  #reachElsewhere = false;

  constructor(session: PostgresSession) {
    this.#session = session;
  }

  /** True when rows come from another server, about which nothing can be proven from here. */
  get reachElsewhere(): boolean {
    return this.#reachElsewhere;
  }

  /** A step begins; `hasFailed` when the one before it did, and its locks are gone. */
  onStep(hasFailed: boolean): void {
    if (hasFailed) this.#proven = this.#provenBefore;
    else this.#provenBefore = this.#proven;
  }

  /** Plans the statement, which locks all that it names, and proves it. Throws `table_changed`. */
  async proveBefore(sql: string, table: CatalogTable): Promise<void> {
    await this.#session.run(`explain (costs off) ${sql}`, table.name);
    await this.#prove(table, []);
  }

  /**
   * Proves what the statement that just ran holds beyond that: tables inside functions. A relation that
   * joined its plan since then came by inheritance, about which the snapshot and now cannot be compared.
   * Throws `table_changed`.
   */
  async proveAfter(sql: string, table: CatalogTable): Promise<void> {
    await this.#prove(table, sql);
  }

  async #prove(table: CatalogTable, ranSql: string | readonly []): Promise<void> {
    const held = await this.#session.rows<HeldRow>(heldSql, [this.#proven], table.name);
    if (held.some(({ is_changed }) => is_changed)) throw tableChanged(table);
    if (held.length === 0) return;
    this.#reachElsewhere ||= held.some(({ is_foreign }) => is_foreign);
    if (typeof ranSql === 'string') await this.#refuseNewcomers(held, ranSql, table);
    this.#proven = [...this.#proven, ...held.map(({ oid }) => oid)];
  }

  async #refuseNewcomers(held: readonly HeldRow[], sql: string, table: CatalogTable) {
    const [row] = await this.#session.rows<{ 'QUERY PLAN': unknown }>(
      `explain (costs off, verbose, format json) ${sql}`,
      [],
      table.name,
    );
    const planned = new Set(relationsIn(row?.['QUERY PLAN']));
    const isPlanned = ({ schema, name }: HeldRow) => planned.has(JSON.stringify([schema, name]));
    if (held.some(isPlanned)) throw tableChanged(table);
  }
}

interface HeldRow {
  readonly oid: number;
  readonly schema: string | null;
  readonly name: string | null;
  readonly is_foreign: boolean;
  readonly is_changed: boolean;
}

/** Schema and name of each relation that a plan in JSON scans, as JSON. */
function* relationsIn(plan: unknown): Generator<string> {
  if (typeof plan !== 'object' || plan === null) return;
  if ('Relation Name' in plan && 'Schema' in plan) {
    yield JSON.stringify([plan.Schema, plan['Relation Name']]);
  }
  for (const part of Object.values(plan)) yield* relationsIn(part);
}

// Queries of pg_class and pg_inherits see the snapshot; the functions look into the system caches, which
// are as of now. A relation that the snapshot does not know is new, unless it is an index: those may come
// and go. Relations of the system itself (below 16384) are not anybody's rows.
const heldSql = `
  select held.relation as oid, n.nspname::text as schema, c.relname::text as name,
         coalesce(c.relkind = 'f', false) as is_foreign,
         case
           when c.oid is null then pg_get_indexdef(held.relation) is null
           else coalesce(pg_relation_filenode(c.oid), 0) <> c.relfilenode
             or c.oid::regclass::text <> format('%I.%I', n.nspname, c.relname)
             or (select relid::oid from pg_partition_ancestors(c.oid) with ordinality as above(relid, step)
                 where step = 2)
                is distinct from
                (select inhparent from pg_inherits where inhrelid = c.oid and c.relispartition)
         end as is_changed
  from (
    select distinct relation from pg_locks
    where locktype = 'relation' and pid = pg_backend_pid() and relation >= 16384
      and database = (select oid from pg_database where datname = current_database())
  ) as held
  left join (pg_class c join pg_namespace n on n.oid = c.relnamespace) on c.oid = held.relation
  where held.relation <> all ($1::oid[])
    and (c.oid is null or c.relkind in ('r', 'p', 'v', 'm', 'f'))`;

/** What was read is not the rows of one moment; the next snapshot comes after the change. */
export function tableChanged(table: CatalogTable): SluiceError {
  return new SluiceError('table_changed', {
    message: `The table "${table.name}" was rebuilt at the source while it was being read. Try again later.`,
    internal:
      `Table ${table.name}: what it is read from was truncated, rewritten, replaced or attached after the ` +
      'snapshot was taken. Nothing is wrong with Sluice or the login; it is tried again.',
  });
}
