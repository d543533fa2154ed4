import type { Clock } from '../clock.ts';
import { SluiceError } from '../errors.ts';
import type { Log } from '../log.ts';
import { changeExport } from './change-export.ts';
import type { ExportRecord } from './export-record.ts';
import { tryStart } from './request-export.ts';
import type { Starter } from './starter.ts';
import type { DueStore, ExportStore } from './stores.ts';
import { canMove } from './transitions.ts';

export interface RetryExportDeps {
  readonly exports: ExportStore;
  readonly due: DueStore;
  readonly clock: Clock;
  readonly log: Log;
}

/** Runs the failed tables of a finished export again, in the same invocation; good files stay. */
export async function retryExport(
  deps: RetryExportDeps,
  tenantId: string,
  exportId: string,
  starter: Starter,
): Promise<ExportRecord> {
  const retriedAt = deps.clock();
  await deps.due.markRunning({ tenantId, exportId, at: retriedAt });
  const record = await changeExport(deps.exports, tenantId, exportId, (found) => {
    if (
      found.deletion !== undefined ||
      !canMove(found.status, 'processing') ||
      found.status === 'pending'
    ) {
      throw notRetryable(found);
    }
    return nextAttempt(found, retriedAt);
  });
  await tryStart(deps.log, starter, record);
  return record;
}

function nextAttempt(record: ExportRecord, retriedAt: Date): ExportRecord {
  const { completedAt, closingAt, expiresAt, error, totals, ...rest } = record;
  return { ...rest, status: 'processing', attempt: record.attempt + 1, retriedAt };
}

function notRetryable(record: ExportRecord): SluiceError {
  return new SluiceError('invalid_state', {
    message: `The export is ${record.status}. Only partially_ready and failed exports can be retried.`,
  });
}
