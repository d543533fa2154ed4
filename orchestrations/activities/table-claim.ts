import { SluiceError } from '../../lib/core/errors.ts';
import type { TableStore } from '../../lib/core/exports/stores.ts';
import type { TableRecord } from '../../lib/core/exports/table-record.ts';
import type { Stored } from '../../lib/core/stored.ts';

/**
 * The right to write one table's row and files. An activity can run twice at once; the later run takes
 * over by writing its own name into the row, and the earlier one notices before it commits anything more.
 */
export interface TableClaim {
  readonly current: TableRecord;
  /** Writes the change. Throws `superseded` once another run has taken over. Calls are put in a row. */
  save(change: Partial<TableRecord>): Promise<void>;
  /** Throws `superseded` once another run has taken over. */
  check(): Promise<void>;
}

export async function claimTable(
  store: TableStore,
  found: Stored<TableRecord>,
  opening: { readonly writer: string; readonly attempt: number; readonly now: Date },
): Promise<TableClaim> {
  const { countedRows, shape, snapshotAt, ...kept } = found.value;
  let current: TableRecord = {
    ...kept,
    status: 'running',
    attempt: opening.attempt,
    writer: opening.writer,
    rows: 0,
    bytes: 0,
    parts: 0,
    startedAt: opening.now,
    updatedAt: opening.now,
  };
  let etag = await store.update(current, found.etag);
  let last: Promise<void> = Promise.resolve();

  async function write(change: Partial<TableRecord>): Promise<void> {
    const next = { ...current, ...change };
    etag = await updateOwned(store, next, etag);
    current = next;
  }
  return {
    get current() {
      return current;
    },
    save(change) {
      last = last.catch(() => undefined).then(() => write(change));
      return last;
    },
    check: async () => void (await readOwned(store, current)),
  };
}

/** A write whose answer was lost changes the etag too: what is still ours is written once more. */
async function updateOwned(store: TableStore, next: TableRecord, etag: string): Promise<string> {
  try {
    return await store.update(next, etag);
  } catch (error) {
    if (!(error instanceof SluiceError) || error.code !== 'changed_meanwhile') throw error;
    return store.update(next, (await readOwned(store, next)).etag);
  }
}

async function readOwned(store: TableStore, own: TableRecord): Promise<Stored<TableRecord>> {
  const found = await store.find(own.exportId, own.index);
  if (found !== undefined && found.value.writer === own.writer) return found;
  throw new SluiceError('superseded', {
    internal: `Another run writes table ${own.index} of export ${own.exportId}.`,
  });
}
