import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../../lib/core/clock.ts';
import type { TableStore } from '../../lib/core/exports/stores.ts';
import {
  isSettled,
  isTouched,
  silentMs,
  type TableRecord,
} from '../../lib/core/exports/table-record.ts';
import type { TableInput, TableResult } from '../contract.ts';

const lookEveryMs = 2_000;
/** Most runs that meet another one are its twin and end with it; longer waits are the lane's. */
const looksMax = 10;

/** True while another run writes the table: it is followed, not taken over, or its hours would be lost. */
export function isHeld(table: TableRecord, now: Date): boolean {
  return table.status === 'running' && table.writer !== undefined && isTouched(table, now);
}

/**
 * Waits for the run that holds the table and returns its result. What takes longer is the lane's to wait
 * for, so that no activity is kept from working meanwhile: until then at which the run, if it says nothing
 * more, counts as gone.
 */
export async function followTable(
  { tables, clock }: { readonly tables: TableStore; readonly clock: Clock },
  input: TableInput,
): Promise<TableResult> {
  for (let look = 1; ; look++) {
    const row = (await tables.find(input.exportId, input.table))?.value;
    const result = row && resultOf(row, input);
    if (result !== undefined) return result;
    const now = clock();
    if (row === undefined || !isHeld(row, now)) return { waitMs: lookEveryMs };
    if (look === looksMax) return { waitMs: untilSilent(row, now) };
    await delay(lookEveryMs);
  }
}

/** How the table ended in this attempt; undefined while it has not. */
export function resultOf(row: TableRecord, input: TableInput): TableResult | undefined {
  if (!isSettled(row, input.attempt)) return undefined;
  if (row.status === 'ready') return { ok: true, rows: row.rows };
  if (row.status === 'cancelled') return { ok: false, code: 'cancelled' };
  return { ok: false, code: row.failure?.code ?? 'internal_error' };
}

function untilSilent({ updatedAt }: TableRecord, now: Date): number {
  const sinceMs = now.getTime() - (updatedAt?.getTime() ?? 0);
  return Math.max(lookEveryMs, silentMs - sinceMs + 1_000);
}
