import { type Catalog, findTable } from '../catalog/catalog.ts';
import type { ExportRequest, RequestedTable } from '../exports/export-record.ts';
import type { Sight } from './caller.ts';
import { isLimited, meetsScope, seesEverything, seesTable } from './sees-table.ts';

/**
 * K11: an export is seen when all of its tables are, judged by the catalog as it is now and by the
 * scopes that they demanded when it was asked for.
 */
export function seesExport(
  sight: Sight,
  { request }: { readonly request: Pick<ExportRequest, 'tables'> },
  catalog: Catalog,
): boolean {
  return (
    seesEverything(sight) || request.tables.every((table) => seesRequested(sight, table, catalog))
  );
}

/** A table that left the catalog has no labels any more and hides the export from whoever is limited. */
function seesRequested(sight: Sight, { name, scope }: RequestedTable, catalog: Catalog): boolean {
  if (!meetsScope(sight, scope)) return false;
  const table = findTable(catalog, name);
  return table === undefined ? !isLimited(sight.labels) : seesTable(sight, table);
}
