import type { Clock } from '../clock.ts';
import { type Failure, failureOf } from '../errors.ts';
import type { Column } from '../sources/column.ts';
import type { Snapshot, Sources } from '../sources/source.ts';
import type { Catalog, CatalogTable } from './catalog.ts';

export interface DescribeTablesDeps {
  readonly catalog: Catalog;
  readonly sources: Sources;
  readonly clock: Clock;
}

/** A table as a tenant may see it; `failure` instead of `columns` when the source would not tell. */
export interface TableView {
  readonly table: CatalogTable;
  readonly columns?: readonly Column[];
  readonly failure?: Failure;
}

/** Describes these tables in their order; all of the catalog when none are named. */
export type DescribeTables = (
  tenantSourceId: string,
  tables?: readonly CatalogTable[],
) => Promise<readonly TableView[]>;

const keptMs = 300_000;
/** Long enough that a crowd asks once, short enough that what was mended shows soon. */
const failureKeptMs = 15_000;
const keptMax = 400;
const timeoutMs = 20_000;

/** The tables of one source for one tenant, by name; while they are asked for, `until` is Infinity. */
interface Description {
  readonly views: Promise<ReadonlyMap<string, TableView>>;
  until: number;
}

/**
 * Lists the catalog's tables with the columns that the sources report. A source is asked once at a time
 * for a tenant, however many wait for it; what it says is kept for five minutes, a failure for fifteen
 * seconds. So asking a thousand times is one login, and no reader takes connections from exports.
 */
export function createDescribeTables(deps: DescribeTablesDeps): DescribeTables {
  const kept = new Map<string, Description>();
  return async (tenantSourceId, asked = deps.catalog.tables) => {
    const names = [...new Set(asked.map(({ source }) => source))];
    const described = await Promise.all(
      names.map((source) => remembered(deps, kept, source, tenantSourceId)),
    );
    const views = new Map(described.flatMap((ofSource) => [...ofSource]));
    return asked.flatMap(({ name }) => views.get(name) ?? []);
  };
}

function remembered(
  deps: DescribeTablesDeps,
  kept: Map<string, Description>,
  source: string,
  tenantSourceId: string,
): Description['views'] {
  const key = JSON.stringify([source, tenantSourceId]);
  const known = kept.get(key);
  if (known !== undefined && deps.clock().getTime() < known.until) return known.views;
  const description = { views: describeSource(deps, source, tenantSourceId), until: Infinity };
  void description.views.then((views) => {
    const failed = [...views.values()].some(({ failure }) => failure !== undefined);
    description.until = deps.clock().getTime() + (failed ? failureKeptMs : keptMs);
  });
  keep(kept, key, description);
  return description.views;
}

/** The oldest goes when there are too many. */
function keep(kept: Map<string, Description>, key: string, description: Description): void {
  kept.delete(key);
  const [oldest] = kept.keys();
  if (kept.size >= keptMax && oldest !== undefined) kept.delete(oldest);
  kept.set(key, description);
}

/** Never throws: what concerns the whole source is every table's failure, anything else one table's. */
async function describeSource(
  { catalog, sources }: DescribeTablesDeps,
  source: string,
  tenantSourceId: string,
): Promise<ReadonlyMap<string, TableView>> {
  const tables = catalog.tables.filter((table) => table.source === source);
  const views: TableView[] = [];
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    await using snapshot = await sources(source).openSnapshot({
      tenantSourceId,
      tables,
      purpose: 'describing',
      signal,
    });
    for (const table of tables) views.push(await describeOne(snapshot, table));
  } catch (error) {
    const failure = failureOf(error);
    // A connection that breaks at its end takes nothing back of what was told before.
    views.push(...tables.slice(views.length).map((table) => ({ table, failure })));
  }
  return new Map(views.map((view) => [view.table.name, view]));
}

async function describeOne(snapshot: Snapshot, table: CatalogTable): Promise<TableView> {
  try {
    return { table, columns: await snapshot.describe(table) };
  } catch (error) {
    return { table, failure: failureOf(error) };
  }
}
