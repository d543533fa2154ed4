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

export type DescribeTables = (tenantSourceId: string) => Promise<readonly TableView[]>;

const keptMs = 300_000;
const keptTenantsMax = 200;
const timeoutMs = 20_000;

/** Lists the catalog's tables with the columns that the sources report now; kept for five minutes. */
export function createDescribeTables(deps: DescribeTablesDeps): DescribeTables {
  const kept = new Map<string, { readonly at: number; readonly views: readonly TableView[] }>();
  return async (tenantSourceId) => {
    const now = deps.clock().getTime();
    const known = kept.get(tenantSourceId);
    if (known !== undefined && now - known.at < keptMs) return known.views;
    const views = await describeAll(deps, tenantSourceId);
    if (kept.size >= keptTenantsMax) kept.clear();
    if (views.every(({ failure }) => failure === undefined)) {
      kept.set(tenantSourceId, { at: now, views });
    }
    return views;
  };
}

async function describeAll(
  { catalog, sources }: DescribeTablesDeps,
  tenantSourceId: string,
): Promise<readonly TableView[]> {
  const bySource = Map.groupBy(catalog.tables, ({ source }) => source);
  const described = await Promise.all(
    [...bySource].map(([source, tables]) =>
      describeSource(sources, source, tables, tenantSourceId),
    ),
  );
  const views = new Map(described.flat().map((view) => [view.table.name, view]));
  return catalog.tables.flatMap(({ name }) => views.get(name) ?? []);
}

async function describeSource(
  sources: Sources,
  source: string,
  tables: readonly CatalogTable[],
  tenantSourceId: string,
): Promise<readonly TableView[]> {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    await using snapshot = await sources(source).openSnapshot({
      tenantSourceId,
      tables,
      purpose: 'describing',
      signal,
    });
    const views: TableView[] = [];
    for (const table of tables) views.push(await describeOne(snapshot, table));
    return views;
  } catch (error) {
    return tables.map((table) => ({ table, failure: failureOf(error) }));
  }
}

async function describeOne(snapshot: Snapshot, table: CatalogTable): Promise<TableView> {
  try {
    return { table, columns: await snapshot.describe(table) };
  } catch (error) {
    return { table, failure: failureOf(error) };
  }
}
