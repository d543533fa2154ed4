import { EntityReader } from './entity-reader.ts';
import type { OpenTable } from './open-table.ts';

/** More the service does not give at once. */
export const rowsAtOnceMax = 1_000;

/** Everything that a filter finds, page by page, in the order of the keys. */
export async function* scan(
  table: OpenTable,
  filter: string,
  rowsAtOnce: number = rowsAtOnceMax,
): AsyncGenerator<EntityReader> {
  const maxPageSize = Math.min(rowsAtOnce, rowsAtOnceMax);
  let continuationToken: string | undefined;
  // Each round goes on where the one before ended, so this ends with the table. The service may
  // give a token with few rows or none.
  do {
    const token = continuationToken;
    const page = await table.call('query', () => queryOnce(table, filter, { maxPageSize, token }));
    for (const raw of page) yield new EntityReader(raw);
    continuationToken = page.continuationToken;
  } while (continuationToken !== undefined);
}

async function queryOnce(
  { client }: OpenTable,
  filter: string,
  { maxPageSize, token }: { readonly maxPageSize: number; readonly token: string | undefined },
) {
  const pages = client
    .listEntities({ queryOptions: { filter } })
    .byPage({ maxPageSize, ...(token === undefined ? {} : { continuationToken: token }) });
  const first = await pages.next();
  // The SDK always gives a first page; an empty one has no token.
  return first.done === true ? Object.assign([], { continuationToken: undefined }) : first.value;
}
