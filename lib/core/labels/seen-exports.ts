import type { Catalog } from '../catalog/catalog.ts';
import type { ExportStore } from '../exports/stores.ts';
import type { Caller, Sight } from './caller.ts';
import { type ExposureStore, seesExposure } from './exposure.ts';
import { seesExport } from './sees-export.ts';
import { seesEverything } from './sees-table.ts';

export interface SeenExportsDeps {
  readonly exports: ExportStore;
  readonly exposures: ExposureStore;
  readonly catalog: Catalog;
}

/**
 * The store as somebody sees it: an export that is hidden from them is not found and not listed, so
 * whatever is built on it answers exactly as for a missing id. It has to be visible by what was written
 * with it, which the storage can filter by, and by the catalog as it is now.
 */
export function seenExports(
  { exports, exposures, catalog }: SeenExportsDeps,
  sight: Sight,
): ExportStore {
  if (seesEverything(sight)) return exports;
  return {
    ...exports,
    async find(tenantId, exportId) {
      const found = await exports.find(tenantId, exportId);
      if (found === undefined || !seesExport(sight, found.value, catalog)) return undefined;
      const caller = { ...sight, tenantId };
      return (await wasVisible(exposures, caller, found.value.exposure)) ? found : undefined;
    },
    async list(tenantId, filter, page) {
      const visible = await visibleExposures(exposures, { ...sight, tenantId });
      return exports.list(tenantId, { ...filter, exposures: visible }, page, (record) =>
        seesExport(sight, record, catalog),
      );
    },
  };
}

/** The ids of those that the caller may see. */
export async function visibleExposures(
  exposures: ExposureStore,
  caller: Caller,
): Promise<readonly string[]> {
  const all = await exposures.list(caller.tenantId);
  return all.filter((exposure) => seesExposure(caller, exposure)).map(({ id }) => id);
}

/** True for what the caller might have seen when it was asked for; unknown is hidden. */
export async function wasVisible(
  exposures: ExposureStore,
  caller: Caller,
  exposureId: string | undefined,
): Promise<boolean> {
  if (exposureId === undefined) return false;
  const exposure = await exposures.find(caller.tenantId, exposureId);
  return exposure !== undefined && seesExposure(caller, exposure);
}
