import { EntityReader } from './entity-reader.ts';
import type { OpenTable } from './open-table.ts';

/** More the service does not give at once. */
const rowsAtOnceMax = 1_000;

export interface ScanOptions {
  /** How many rows the first call asks for; whoever goes on needs many, so each further one asks for twice as many. */
  readonly rowsAtOnce?: number | undefined;
  /** The properties to read; all of them when absent. */
  readonly select?: readonly string[] | undefined;
}

/** Everything that a filter finds, page by page, in the order of the keys. */
export async function* scan(
  table: OpenTable,
  filter: string,
  { rowsAtOnce = rowsAtOnceMax, select }: ScanOptions = {},
): AsyncGenerator<EntityReader> {
  let maxPageSize = rowsAtOnce;
  let continuationToken: string | undefined;
  // Each round goes on where the one before ended, so this ends with the table. The service may
  // give a token with few rows or none.
  do {
    const position = {
      maxPageSize: Math.min(maxPageSize, rowsAtOnceMax),
      token: continuationToken,
    };
    const page = await table.call('query', () => queryOnce(table, { filter, select }, position));
    for (const raw of page) yield new EntityReader(raw);
    continuationToken = page.continuationToken;
    maxPageSize *= 2;
  } while (continuationToken !== undefined);
}

interface Question {
  readonly filter: string;
  readonly select: readonly string[] | undefined;
}

interface Position {
  readonly maxPageSize: number;
  readonly token: string | undefined;
}

async function queryOnce(
  { client }: OpenTable,
  { filter, select }: Question,
  { maxPageSize, token }: Position,
) {
  const queryOptions = {
    filter,
    ...(select === undefined ? {} : { select: [...keyProperties, ...select] }),
  };
  const pages = client
    .listEntities({ queryOptions })
    .byPage({ maxPageSize, ...(token === undefined ? {} : { continuationToken: token }) });
  const first = await pages.next();
  // The SDK always gives a first page; an empty one has no token.
  return first.done === true ? Object.assign([], { continuationToken: undefined }) : first.value;
}

const keyProperties = ['PartitionKey', 'RowKey'];
