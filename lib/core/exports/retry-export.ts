import type { Clock } from '../clock.ts';
import { SluiceError } from '../errors.ts';
import type { Log } from '../log.ts';
import { changeExport } from './change-export.ts';
import type { ExportRecord } from './export-record.ts';
import { getExport } from './find-export.ts';
import { tryStart } from './request-export.ts';
import type { Starter } from './starter.ts';
import type { DueStore, ExportStore } from './stores.ts';

export interface RetryExportDeps {
  readonly exports: ExportStore;
  readonly due: Pick<DueStore, 'markRunning'>;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Runs the failed tables of a finished export again, in the same invocation; good files stay, and go
 * when they would have gone without it. Throws `not_found`, `export_expired` and `invalid_state`, and
 * has changed nothing then.
 */
export async function retryExport(
  deps: RetryExportDeps,
  tenantId: string,
  exportId: string,
  starter: Starter,
): Promise<ExportRecord> {
  const retriedAt = deps.clock();
  const { value: found } = await getExport(deps.exports, tenantId, exportId);
  requireRetryable(found, retriedAt);
  const attempt = found.attempt + 1;
  await deps.due.markRunning({ tenantId, exportId, attempt, at: retriedAt });
  const record = await changeExport(deps.exports, tenantId, exportId, (latest) => {
    requireRetryable(latest, retriedAt);
    if (latest.attempt !== found.attempt) throw new SluiceError('changed_meanwhile');
    return nextAttempt(latest, retriedAt);
  });
  await tryStart(deps.log, starter, record);
  return record;
}

function requireRetryable(record: ExportRecord, now: Date): void {
  const { status, deletion, expiresAt } = record;
  const hasEnded = status === 'partially_ready' || status === 'failed';
  if (deletion !== undefined || !hasEnded) throw notRetryable(record);
  if (status === 'partially_ready' && expiresAt !== undefined && expiresAt <= now) {
    throw new SluiceError('export_expired', {
      message: 'The time of its files is over. Start a new export.',
    });
  }
}

/** What was good before keeps its day: else files could be kept for ever by retrying. */
function nextAttempt(record: ExportRecord, retriedAt: Date): ExportRecord {
  const { completedAt, closingAt, expiresAt, filesExpireAt, error, totals, ...rest } = record;
  const kept = record.status === 'partially_ready' ? expiresAt : undefined;
  return {
    ...rest,
    status: 'processing',
    attempt: record.attempt + 1,
    retriedAt,
    ...(kept === undefined ? {} : { filesExpireAt: kept }),
  };
}

function notRetryable({ status, deletion }: ExportRecord): SluiceError {
  const state = deletion === undefined ? status : 'deleted';
  return new SluiceError('invalid_state', {
    message: `The export is ${state}. Only partially_ready and failed exports can be retried.`,
  });
}
