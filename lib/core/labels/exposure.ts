import { createHash } from 'node:crypto';
import { type Catalog, type CatalogTable, findTable } from '../catalog/catalog.ts';
import type { ExportRequest } from '../exports/export-record.ts';
import type { Sight } from './caller.ts';
import { seesTable } from './sees-table.ts';

/**
 * What decides who may see an export: the labels and scopes of its tables when it was asked for, each
 * combination once. A tenant's many exports have few different ones.
 */
export interface Exposure {
  /** Made of the rest, so that it never changes. */
  readonly id: string;
  readonly tables: readonly Pick<CatalogTable, 'labels' | 'scope'>[];
}

export interface ExposureStore {
  /** Keeps it for the tenant; again is harmless. */
  remember(tenantId: string, exposure: Exposure): Promise<void>;
  find(tenantId: string, exposureId: string): Promise<Exposure | undefined>;
  list(tenantId: string): Promise<readonly Exposure[]>;
}

/** The exposure of an export of these tables, by the catalog as it is now. */
export function exposureOf({ tables }: Pick<ExportRequest, 'tables'>, catalog: Catalog): Exposure {
  const texts = new Map<string, Exposure['tables'][number]>();
  for (const { name } of tables) {
    const { labels = {}, scope } = findTable(catalog, name) ?? {};
    const sorted = Object.entries(labels).sort(([one], [other]) => (one < other ? -1 : 1));
    const table = { labels: Object.fromEntries(sorted), ...(scope === undefined ? {} : { scope }) };
    texts.set(JSON.stringify(table), table);
  }
  const ordered = [...texts].sort(([one], [other]) => (one < other ? -1 : 1));
  const text = JSON.stringify(ordered.map(([own]) => own));
  const id = createHash('sha256').update(text).digest('hex').slice(0, 32);
  return { id, tables: ordered.map(([, table]) => table) };
}

/** K11: an export is seen when all of its tables are. */
export function seesExposure(sight: Sight, { tables }: Exposure): boolean {
  return tables.every((table) => seesTable(sight, table));
}
