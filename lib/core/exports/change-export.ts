import { SluiceError } from '../errors.ts';
import type { ExportRecord } from './export-record.ts';
import { getExport } from './find-export.ts';
import type { ExportStore } from './stores.ts';

const triesMax = 5;

/**
 * Reads the row, lets `change` decide, and writes it with the etag it was read at. When somebody else
 * was faster it reads and decides again. `change` returns undefined when nothing is to be done.
 * Returns the row as it then stands.
 */
export async function changeExport(
  exports: ExportStore,
  tenantId: string,
  exportId: string,
  change: (record: ExportRecord) => ExportRecord | undefined,
): Promise<ExportRecord> {
  for (let tries = 1; ; tries++) {
    const { value, etag } = await getExport(exports, tenantId, exportId);
    const changed = change(value);
    if (changed === undefined) return value;
    try {
      await exports.update(changed, etag);
      return changed;
    } catch (error) {
      const lostRace = error instanceof SluiceError && error.code === 'changed_meanwhile';
      if (!lostRace || tries === triesMax) throw error;
    }
  }
}
