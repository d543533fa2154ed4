import type { Clock } from '../../lib/core/clock.ts';
import type { TableRecord } from '../../lib/core/exports/table-record.ts';
import type { Log } from '../../lib/core/log.ts';
import type { Metrics } from '../../lib/core/metrics.ts';
import type { TableInput } from '../contract.ts';

export interface NoteTableDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
}

type TableFacts = Pick<TableInput, 'exportId' | 'tenantId' | 'attempt'> & {
  readonly table: string;
  readonly tableIndex: number;
};

/** What each log line about a table of an export names. */
export function tableFacts(
  { tenantId, exportId, attempt, table: tableIndex }: TableInput,
  { name }: Pick<TableRecord, 'name'>,
): TableFacts {
  return { exportId, tenantId, attempt, table: name, tableIndex };
}

/** Writes one line about a run that is not the table's first in this attempt: an earlier one was lost. */
export function noteBegun(
  { log }: Pick<NoteTableDeps, 'log'>,
  input: TableInput,
  record: TableRecord,
): void {
  const { runs = 1 } = record;
  if (runs > 1) log.warn('table began again', { ...tableFacts(input, record), runs });
}

/** Writes one line about a table that was written wholly, and counts it. */
export function noteExported(
  { clock, log, metrics }: NoteTableDeps,
  input: TableInput,
  record: TableRecord,
): void {
  const { name: table, source, rows, bytes } = record;
  const now = clock();
  const durationMs = now.getTime() - (record.startedAt ?? now).getTime();
  const written = { source, rows, bytes, durationMs };
  log.info('table exported', { ...tableFacts(input, record), ...written });
  metrics.tableExported({ table, ...written });
}
