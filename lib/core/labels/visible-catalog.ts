import type { Catalog } from '../catalog/catalog.ts';
import type { Labels } from '../principal.ts';
import { isLimited, seesTable } from './sees-table.ts';

/**
 * The catalog as somebody with these labels sees it: a table that does not match is not there. What
 * is excluded carries no labels, so whoever is limited is not told of it.
 */
export function visibleCatalog(catalog: Catalog, labels: Labels | undefined): Catalog {
  if (!isLimited(labels)) return catalog;
  const tables = catalog.tables.filter((table) => seesTable(labels, table));
  return { ...catalog, tables, excluded: [] };
}
