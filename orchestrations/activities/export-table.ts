import { randomUUID } from 'node:crypto';
import { failureOf, isPassing, SluiceError } from '../../lib/core/errors.ts';
import { getExport } from '../../lib/core/exports/find-export.ts';
import type { TableRecord } from '../../lib/core/exports/table-record.ts';
import type { Stored } from '../../lib/core/stored.ts';
import type { TableInput, TableResult } from '../contract.ts';
import { followTable, isHeld, resultOf } from './follow-table.ts';
import { type NoteTableDeps, noteBegun, noteExported, tableFacts } from './note-table.ts';
import { type ReadTableDeps, readTable } from './read-table.ts';
import { claimTable, type TableClaim } from './table-claim.ts';
import { type TryLaterDeps, tryLater } from './try-later.ts';
import { overCode, withProgress } from './with-progress.ts';

export interface ExportTableDeps extends ReadTableDeps, NoteTableDeps, TryLaterDeps {
  /** How often a table may be begun in one attempt before it fails with `table_interrupted`. */
  readonly tableRunsMax: number;
}

/**
 * Writes one table of an export, wholly and from one snapshot. A run that finds the table settled
 * returns at once, one that finds another run at work follows it, and any other starts over and replaces
 * what an earlier one left. Final trouble is returned, and so is how long to wait when it may pass;
 * either way the table's row says what happened. Throws when that could not be written.
 */
export async function exportTable(deps: ExportTableDeps, input: TableInput): Promise<TableResult> {
  const { value: record } = await getExport(deps.exports, input.tenantId, input.exportId);
  const over = overCode(record, input);
  if (over !== undefined) return { ok: false, code: over };
  const found = await deps.tables.find(input.exportId, input.table);
  if (found === undefined)
    throw new SluiceError('internal_error', { internal: 'No such table row.' });
  const result = resultOf(found.value, input);
  if (result !== undefined) return result;
  if (isHeld(found.value, deps.clock())) return followTable(deps, input);
  const claim = await tryClaim(deps, input, found);
  if (claim === undefined) return followTable(deps, input);
  noteBegun(deps, input, claim.current);
  try {
    requireRunLeft(deps, claim);
    await withProgress(deps, input, claim, (counter, signal) =>
      readTable(deps, record, claim, counter, signal),
    );
    await finish(deps, claim);
  } catch (error) {
    return settle(deps, input, claim, error);
  }
  noteExported(deps, input, claim.current);
  return { ok: true, rows: claim.current.rows };
}

/** Undefined when another run claimed the table in the same moment. */
async function tryClaim(
  deps: ReadTableDeps,
  input: TableInput,
  found: Stored<TableRecord>,
): Promise<TableClaim | undefined> {
  const opening = { writer: randomUUID(), attempt: input.attempt, now: deps.clock() };
  try {
    return await claimTable(deps.tables, found, opening);
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'changed_meanwhile') return undefined;
    throw error;
  }
}

/** A table that ends its process each time would otherwise be begun for ever. */
function requireRunLeft({ tableRunsMax }: ExportTableDeps, { current }: TableClaim): void {
  if ((current.runs ?? 0) <= tableRunsMax) return;
  throw new SluiceError('table_interrupted', {
    message: `Reading the table was begun ${tableRunsMax} times and interrupted each time. Retry the export, and tell the operator if it happens again.`,
    internal: `The table was begun SLUICE_TABLE_RUNS_MAX (${tableRunsMax}) times. Each run ended with its process: look for restarts, for memory that ran out, and for what stops instances.`,
  });
}

async function finish(deps: ReadTableDeps, claim: TableClaim): Promise<void> {
  const { countedRows, rows } = claim.current;
  if (countedRows !== rows) {
    throw new SluiceError('count_mismatch', {
      message: `The source counted ${countedRows ?? 'no'} rows, ${rows} were written. Retry the export.`,
    });
  }
  await claim.release({ status: 'ready', failure: undefined, updatedAt: deps.clock() });
}

async function settle(
  deps: ExportTableDeps,
  input: TableInput,
  claim: TableClaim,
  error: unknown,
): Promise<TableResult> {
  const failure = failureOf(error);
  if (failure.code === 'superseded') return afterLoss(deps, input);
  if (failure.code === 'cancelled') return { ok: false, code: failure.code };
  const waitMs = isPassing(error) ? await tryLater(deps, input, claim, error) : undefined;
  if (waitMs !== undefined) return { waitMs };
  const facts = { ...tableFacts(input, claim.current), passing: false };
  deps.log.error('table could not be exported', error, facts);
  const { waitingSince } = claim.current;
  await claim.release({
    failure,
    status: 'failed',
    updatedAt: deps.clock(),
    ...(waitingSince === undefined ? {} : { waitingSince: undefined }),
  });
  return { ok: false, code: failure.code };
}

/** Another run took over, or this attempt is over. */
async function afterLoss(deps: ExportTableDeps, input: TableInput): Promise<TableResult> {
  const { value: record } = await getExport(deps.exports, input.tenantId, input.exportId);
  const over = overCode(record, input);
  return over === undefined ? followTable(deps, input) : { ok: false, code: over };
}
