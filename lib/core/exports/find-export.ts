import { SluiceError } from '../errors.ts';
import type { Stored } from '../stored.ts';
import type { ExportRecord } from './export-record.ts';
import type { ExportStore } from './stores.ts';

/** The tenant's export. A foreign id gets exactly the answer of a missing one (`not_found`). */
export async function getExport(
  exports: ExportStore,
  tenantId: string,
  exportId: string,
): Promise<Stored<ExportRecord>> {
  const found = await exports.find(tenantId, exportId);
  if (found !== undefined) return found;
  throw new SluiceError('not_found', { message: 'There is no export with this id.' });
}
