import type { PartStore, TableStore } from '../exports/stores.ts';
import type { PartRecord } from '../exports/table-record.ts';

/** The part files of the tables that are in the manifest: only those can be linked and fetched. */
export async function provenParts(
  { tables, parts }: { readonly tables: TableStore; readonly parts: PartStore },
  exportId: string,
): Promise<readonly PartRecord[]> {
  const rows = await tables.list(exportId);
  const ready = new Set(
    rows.filter(({ value }) => value.status === 'ready').map(({ value }) => value.index),
  );
  const all = await parts.list(exportId);
  return all.filter(({ tableIndex }) => ready.has(tableIndex));
}
