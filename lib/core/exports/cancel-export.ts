import type { Clock } from '../clock.ts';
import { SluiceError } from '../errors.ts';
import { changeExport } from './change-export.ts';
import type { ExportRecord } from './export-record.ts';
import type { ExportStore } from './stores.ts';
import { isRunning } from './transitions.ts';

/**
 * Asks a running export to stop. Its activities look at the row every two seconds, stop, and the
 * orchestration then removes the files. Asking twice is harmless; a finished export is `invalid_state`.
 */
export function cancelExport(
  deps: { readonly exports: ExportStore; readonly clock: Clock },
  tenantId: string,
  exportId: string,
): Promise<ExportRecord> {
  return changeExport(deps.exports, tenantId, exportId, (record) => {
    if (record.status === 'cancelled' || record.cancelRequestedAt !== undefined) return undefined;
    if (!isRunning(record.status) || record.closingAt !== undefined) throw tooLate(record);
    return { ...record, cancelRequestedAt: deps.clock() };
  });
}

function tooLate(record: ExportRecord): SluiceError {
  return new SluiceError('invalid_state', {
    message: `The export is ${record.status} and can no longer be cancelled. Delete it instead.`,
  });
}
