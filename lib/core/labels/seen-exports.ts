import type { Catalog } from '../catalog/catalog.ts';
import type { ExportStore } from '../exports/stores.ts';
import type { Sight } from './caller.ts';
import { seesExport } from './sees-export.ts';
import { seesEverything } from './sees-table.ts';

/**
 * The store as somebody sees it: an export that is hidden from them is not found and not listed, so
 * whatever is built on it answers exactly as for a missing id.
 */
export function seenExports(exports: ExportStore, catalog: Catalog, sight: Sight): ExportStore {
  if (seesEverything(sight)) return exports;
  return {
    ...exports,
    async find(tenantId, exportId) {
      const found = await exports.find(tenantId, exportId);
      return found !== undefined && seesExport(sight, found.value, catalog) ? found : undefined;
    },
    list: (tenantId, filter, page) =>
      exports.list(tenantId, filter, page, (record) => seesExport(sight, record, catalog)),
  };
}
