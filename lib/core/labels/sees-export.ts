import { type Catalog, findTable } from '../catalog/catalog.ts';
import type { ExportRecord } from '../exports/export-record.ts';
import type { Labels } from '../principal.ts';
import { isLimited, seesTable } from './sees-table.ts';

/**
 * K11: an export is seen when all of its tables are, judged by the catalog as it is now. A table that
 * left the catalog has no labels any more and hides the export from whoever is limited.
 */
export function seesExport(
  labels: Labels | undefined,
  { request }: Pick<ExportRecord, 'request'>,
  catalog: Catalog,
): boolean {
  if (!isLimited(labels)) return true;
  return request.tables.every(({ name }) => {
    const table = findTable(catalog, name);
    return table !== undefined && seesTable(labels, table);
  });
}
