import type { Catalog } from '../catalog/catalog.ts';
import type { ExportStore } from '../exports/stores.ts';
import type { Labels } from '../principal.ts';
import { seesExport } from './sees-export.ts';
import { isLimited } from './sees-table.ts';

/**
 * The store as somebody with these labels sees it: an export that does not match is not found and not
 * listed, so whatever is built on it answers exactly as for a missing id.
 */
export function seenExports(
  exports: ExportStore,
  catalog: Catalog,
  labels: Labels | undefined,
): ExportStore {
  if (!isLimited(labels)) return exports;
  return {
    ...exports,
    async find(tenantId, exportId) {
      const found = await exports.find(tenantId, exportId);
      return found !== undefined && seesExport(labels, found.value, catalog) ? found : undefined;
    },
    list: (tenantId, filter, page) =>
      exports.list(tenantId, filter, page, (record) => seesExport(labels, record, catalog)),
  };
}
