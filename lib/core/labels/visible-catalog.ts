import type { Catalog } from '../catalog/catalog.ts';
import type { Sight } from './caller.ts';
import { isLimited, seesTable } from './sees-table.ts';

/**
 * The catalog as somebody sees it: a table that is hidden from them is not there. What is excluded
 * carries no labels, so whoever is limited is not told of it.
 */
export function visibleCatalog(catalog: Catalog, sight: Sight): Catalog {
  const tables = catalog.tables.filter((table) => seesTable(sight, table));
  return { ...catalog, tables, excluded: isLimited(sight.labels) ? [] : catalog.excluded };
}
