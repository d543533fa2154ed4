import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../../lib/core/clock.ts';
import { SluiceError } from '../../lib/core/errors.ts';
import type { TableStore } from '../../lib/core/exports/stores.ts';
import type { TableInput, TableResult } from '../contract.ts';

const lookEveryMs = 2_000;
/** A living run writes its progress every two seconds. */
const silentMs = 60_000;

/**
 * Waits for the run that took over and returns its result, so that the lane does not go on while
 * somebody still writes. When that run falls silent it throws, and the retry takes over in turn.
 */
export async function followTable(
  { tables, clock }: { readonly tables: TableStore; readonly clock: Clock },
  input: TableInput,
): Promise<TableResult> {
  // Ends when the other run ends or falls silent; a living run is bounded by its own timeouts.
  for (;;) {
    const row = (await tables.find(input.exportId, input.table))?.value;
    if (row?.status === 'ready') return { ok: true, rows: row.rows };
    if (row?.status === 'failed') return { ok: false, code: row.failure?.code ?? 'internal_error' };
    const silentSinceMs = clock().getTime() - (row?.updatedAt?.getTime() ?? 0);
    if (silentSinceMs > silentMs) throw new SluiceError('changed_meanwhile');
    await delay(lookEveryMs);
  }
}
