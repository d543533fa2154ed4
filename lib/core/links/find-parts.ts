import type { ExportRecord } from '../exports/export-record.ts';
import type { PartPlace, PartStore, TableStore } from '../exports/stores.ts';
import type { PartRecord } from '../exports/table-record.ts';

export interface FindPartsDeps {
  readonly tables: TableStore;
  readonly parts: PartStore;
}

/** Up to so many are looked up one by one; for more it is cheaper to read all rows by the thousand. */
const pointsMax = 20;

/** The part files of the tables that are in the manifest: only those can be linked and fetched. */
export async function allParts(
  { tables, parts }: FindPartsDeps,
  exportId: string,
): Promise<readonly PartRecord[]> {
  const states = await tables.states(exportId);
  const ready = new Set(
    states.filter(({ status }) => status === 'ready').map(({ index }) => index),
  );
  const all = await parts.list(exportId);
  return all.filter(({ tableIndex }) => ready.has(tableIndex));
}

/** Those of these names that are part files in the manifest, by name. */
export async function partsByName(
  deps: FindPartsDeps,
  record: ExportRecord,
  names: Iterable<string>,
): Promise<ReadonlyMap<string, PartRecord>> {
  const wanted = new Set(names);
  const found =
    wanted.size > pointsMax
      ? await allParts(deps, record.id)
      : await pointsOf(deps, record, [...wanted]);
  return new Map(found.map((part) => [part.name, part]));
}

async function pointsOf(
  { tables, parts }: FindPartsDeps,
  record: ExportRecord,
  names: readonly string[],
): Promise<readonly PartRecord[]> {
  const places = names.flatMap((name) => placeOf(record, name) ?? []);
  const indexes = [...new Set(places.map(({ tableIndex }) => tableIndex))];
  const [rows, found] = await Promise.all([
    Promise.all(indexes.map((index) => tables.find(record.id, index))),
    Promise.all(places.map((place) => parts.find(place))),
  ]);
  const ready = new Set(
    rows.flatMap((row) => (row?.value.status === 'ready' ? row.value.index : [])),
  );
  return found.flatMap((part) =>
    part !== undefined && ready.has(part.tableIndex) && names.includes(part.name) ? part : [],
  );
}

/** A name says its table and its number; whether there is such a file its row says. */
function placeOf({ id, request }: ExportRecord, name: string): PartPlace | undefined {
  const [, table, digits] = /^(.+)-(\d{5,9})\./.exec(name) ?? [];
  const tableIndex = request.tables.findIndex((asked) => asked.name === table);
  return tableIndex < 0 ? undefined : { exportId: id, tableIndex, partIndex: Number(digits) };
}
