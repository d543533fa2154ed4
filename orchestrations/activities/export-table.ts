import { randomUUID } from 'node:crypto';
import { failureOf, isPassing, SluiceError } from '../../lib/core/errors.ts';
import { getExport } from '../../lib/core/exports/find-export.ts';
import type { TableRecord } from '../../lib/core/exports/table-record.ts';
import type { Stored } from '../../lib/core/stored.ts';
import type { TableInput, TableResult } from '../contract.ts';
import { followTable } from './follow-table.ts';
import { type NoteTableDeps, noteExported, tableFacts } from './note-table.ts';
import { type ReadTableDeps, readTable } from './read-table.ts';
import { claimTable, type TableClaim } from './table-claim.ts';
import { withProgress } from './with-progress.ts';

export interface ExportTableDeps extends ReadTableDeps, NoteTableDeps {}

/**
 * Writes one table of an export, wholly and from one snapshot. A run that finds the table ready
 * returns at once; any other run starts over and replaces what an earlier one left. Final trouble is
 * returned, passing trouble is thrown; either way the table's row says what happened.
 */
export async function exportTable(deps: ExportTableDeps, input: TableInput): Promise<TableResult> {
  const { value: record } = await getExport(deps.exports, input.tenantId, input.exportId);
  if (record.cancelRequestedAt !== undefined) return { ok: false, code: 'cancelled' };
  const found = await deps.tables.find(input.exportId, input.table);
  if (found === undefined)
    throw new SluiceError('internal_error', { internal: 'No such table row.' });
  if (found.value.status === 'ready') return { ok: true, rows: found.value.rows };
  const claim = await tryClaim(deps, input, found);
  if (claim === undefined) return followTable(deps, input);
  try {
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

async function finish(deps: ReadTableDeps, claim: TableClaim): Promise<void> {
  const { countedRows, rows } = claim.current;
  if (countedRows !== rows) {
    throw new SluiceError('count_mismatch', {
      message: `The source counted ${countedRows ?? 'no'} rows, ${rows} were written. Retry the export.`,
    });
  }
  await claim.save({ status: 'ready', updatedAt: deps.clock() });
}

async function settle(
  deps: ReadTableDeps,
  input: TableInput,
  claim: TableClaim,
  error: unknown,
): Promise<TableResult> {
  const failure = failureOf(error);
  if (failure.code === 'superseded') return followTable(deps, input);
  if (failure.code === 'cancelled') return { ok: false, code: failure.code };
  const passing = isPassing(error);
  deps.log.error('table could not be exported', error, {
    ...tableFacts(input, claim.current),
    passing,
  });
  await claim.save({ failure, status: passing ? 'running' : 'failed', updatedAt: deps.clock() });
  if (passing) throw new Error(failure.code);
  return { ok: false, code: failure.code };
}
