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
  save(change: TableChange): Promise<void>;
  /** The same, as the last write of this run: whoever comes next may begin at once. */
  release(change: TableChange): Promise<void>;
  /** Throws `superseded` once another run has taken over. */
  check(): Promise<void>;
}

/** What is undefined is removed. */
export type TableChange = { readonly [Name in keyof TableRecord]?: TableRecord[Name] | undefined };

export async function claimTable(
  store: TableStore,
  found: Stored<TableRecord>,
  opening: { readonly writer: string; readonly attempt: number; readonly now: Date },
): Promise<TableClaim> {
  const kept = keptFrom(found.value, opening.attempt);
  let current: TableRecord = {
    ...kept,
    status: 'running',
    attempt: opening.attempt,
    writer: opening.writer,
    runs: (kept.runs ?? 0) + 1,
    rows: 0,
    bytes: 0,
    parts: 0,
    startedAt: opening.now,
    updatedAt: opening.now,
  };
  let etag = await store.update(current, found.etag);
  let last: Promise<void> = Promise.resolve();

  async function write(change: TableChange, writer: string | undefined): Promise<void> {
    const next = changed(current, { ...change, writer });
    etag = await updateOwned(store, next, { etag, writer: opening.writer });
    current = next;
  }
  function inTurn(change: TableChange, writer: string | undefined): Promise<void> {
    last = last.catch(() => undefined).then(() => write(change, writer));
    return last;
  }
  return {
    get current() {
      return current;
    },
    save: (change) => inTurn(change, opening.writer),
    release: (change) => inTurn(change, undefined),
    check: async () => void (await readOwned(store, current, opening.writer)),
  };
}

/** Every run starts over; what is counted over runs is counted within one attempt. */
function keptFrom(found: TableRecord, attempt: number): TableRecord {
  const { countedRows, shape, snapshotAt, ...kept } = found;
  if (found.attempt === attempt) return kept;
  const { runs, troubles, waitingSince, failure, ...first } = kept;
  return first;
}

function changed(record: TableRecord, change: TableChange): TableRecord {
  const entries = Object.entries({ ...record, ...change });
  // Only what the type lets be absent is ever undefined.
  return Object.fromEntries(
    entries.filter(([, value]) => value !== undefined),
  ) as unknown as TableRecord;
}

/** A write whose answer was lost changes the etag too: what is still ours is written once more. */
async function updateOwned(
  store: TableStore,
  next: TableRecord,
  own: { readonly etag: string; readonly writer: string },
): Promise<string> {
  try {
    return await store.update(next, own.etag);
  } catch (error) {
    if (!(error instanceof SluiceError) || error.code !== 'changed_meanwhile') throw error;
    return store.update(next, (await readOwned(store, next, own.writer)).etag);
  }
}

async function readOwned(
  store: TableStore,
  { exportId, index }: TableRecord,
  writer: string,
): Promise<Stored<TableRecord>> {
  const found = await store.find(exportId, index);
  if (found !== undefined && found.value.writer === writer) return found;
  throw new SluiceError('superseded', {
    internal: `Another run writes table ${index} of export ${exportId}.`,
  });
}
