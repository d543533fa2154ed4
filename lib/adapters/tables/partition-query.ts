import { odata } from '@azure/data-tables';
import type { Page, PageRequest } from '../../core/page.ts';
import { escapeKey } from './entity-key.ts';
import type { EntityReader } from './entity-reader.ts';
import type { OpenTable } from './open-table.ts';
import { decodeCursor, encodeCursor } from './page-cursor.ts';
import { scan } from './scan.ts';

/** Rows of one partition; `filters` are OData conditions that all must hold. */
export interface PartitionQuery {
  readonly partition: string;
  readonly filters?: readonly string[];
  /** The properties to read; all of them when absent. The keys come in any case. */
  readonly select?: readonly string[];
  /** What no OData condition can say; rows for which it does not hold are passed over. */
  readonly keep?: (entity: EntityReader) => boolean | Promise<boolean>;
}

/** Rows in the order of their keys; exactly `limit` of them unless the list ends here. */
export async function pageOf(
  table: OpenTable,
  query: PartitionQuery,
  { limit, cursor }: PageRequest,
): Promise<Page<EntityReader>> {
  const scope = { table: table.client.tableName, partition: query.partition };
  const after = cursor === undefined ? [] : [rowAfter(decodeCursor(scope, cursor))];
  const filter = filterOf({ ...query, filters: [...(query.filters ?? []), ...after] });
  // One more than asked tells whether there is a next page.
  const found: EntityReader[] = [];
  for await (const entity of scan(table, filter, { rowsAtOnce: limit + 1 })) {
    if (query.keep !== undefined && !(await query.keep(entity))) continue;
    if (found.push(entity) > limit) break;
  }
  const items = found.slice(0, limit);
  const last = items.at(-1);
  if (found.length <= limit || last === undefined) return { items };
  return { items, nextCursor: encodeCursor(scope, last.key.row) };
}

/** The condition of a partition query. */
export function filterOf({ partition, filters = [] }: PartitionQuery): string {
  return [odata`PartitionKey eq ${escapeKey(partition)}`, ...filters].join(' and ');
}

function rowAfter(row: string): string {
  return odata`RowKey gt ${escapeKey(row)}`;
}
