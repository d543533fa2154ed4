import { isRestError } from '@azure/core-rest-pipeline';
import { odata, type TableClient, type TransactionAction } from '@azure/data-tables';
import { SluiceError } from '../../core/errors.ts';
import { randomId } from '../../core/ids.ts';
import type { Page, PageRequest } from '../../core/page.ts';
import {
  fromStorageError,
  type StorageAccount,
  storageStatusOf,
} from '../shared/storage-options.ts';
import { type Fields, toProperties } from './entity-codec.ts';
import { type EntityKey, escapeKey, fitsKey, storedKey } from './entity-key.ts';
import { EntityReader, type RawEntity } from './entity-reader.ts';
import { decodeCursor, encodeCursor } from './page-cursor.ts';
import { tableClient } from './table-client.ts';

/** What one transaction does. */
export interface Commit {
  readonly insert: readonly { readonly row: string; readonly fields: Fields }[];
  readonly replace: { readonly row: string; readonly fields: Fields; readonly etag: string };
}

/** Rows of one partition; `filters` are OData conditions that all must hold. */
export interface PartitionQuery {
  readonly partition: string;
  readonly filters?: readonly string[];
  /** What no OData condition can say; rows for which it does not hold are passed over. */
  readonly keep?: (entity: EntityReader) => boolean | Promise<boolean>;
}

/** More the service does not give at once. */
const queryRowsMax = 1_000;

/** Table Storage answers a point read in milliseconds; a health check waits no longer than this. */
const pingTimeoutMs = 5_000;

/**
 * One table of Table Storage, made when it is first used. Every method throws `storage_unavailable`
 * when the storage does not answer in time.
 *
 * Each write carries a random mark. The SDK repeats a write whose answer was lost; the repetition
 * then meets its own first try and gets 409 or 412. The stored mark tells this from a write of
 * somebody else, even one with the same content.
 */
export class EntityTable {
  readonly #client: TableClient;
  #created: Promise<void> | undefined;

  constructor(account: StorageAccount, tableName: string) {
    this.#client = tableClient(account, tableName);
  }

  /** False when there is an entity with this key already, which then stays as it is. */
  async insert(key: EntityKey, fields: Fields): Promise<boolean> {
    const entity = marked(key, fields);
    return this.#call('insert', async () => {
      try {
        await this.#client.createEntity(entity);
        return true;
      } catch (error) {
        if (storageStatusOf(error) !== 409) throw error;
        return (await this.#ownWrite(entity)) !== undefined;
      }
    });
  }

  /** Inserts or replaces. */
  async put(key: EntityKey, fields: Fields): Promise<void> {
    const entity = marked(key, fields);
    await this.#call('put', () => this.#client.upsertEntity(entity, 'Replace'));
  }

  async find(key: EntityKey): Promise<EntityReader | undefined> {
    // Whatever cannot be stored cannot be found; a caller's odd id is no fault of the storage.
    if (!fitsKey(key)) return undefined;
    const raw = await this.#call('find', () => this.#read(storedKey(key)));
    return raw === undefined ? undefined : new EntityReader(raw);
  }

  /** Replaces the entity that has this etag and returns its new one, else throws `changed_meanwhile`. */
  async replace(key: EntityKey, fields: Fields, etag: string): Promise<string> {
    const entity = marked(key, fields);
    return this.#call('replace', async () => {
      try {
        const answer = await this.#client.updateEntity(entity, 'Replace', { etag });
        return answer.etag ?? (await this.#etagOf(entity));
      } catch (error) {
        const status = storageStatusOf(error);
        if (status !== 412 && status !== 404) throw error;
        const own = status === 412 ? await this.#ownWrite(entity) : undefined;
        if (own === undefined) throw changedMeanwhile(error);
        return own.etag;
      }
    });
  }

  /** Sets these fields and leaves the others; false when there is no such entity. */
  async merge(key: EntityKey, fields: Fields): Promise<boolean> {
    if (!fitsKey(key)) return false;
    const entity = { ...storedKey(key), ...toProperties(fields) };
    return this.#call('merge', () =>
      falseIfMissing(() => this.#client.updateEntity(entity, 'Merge', { etag: '*' })),
    );
  }

  /** False when there was none. */
  async remove(key: EntityKey): Promise<boolean> {
    if (!fitsKey(key)) return false;
    const { partitionKey, rowKey } = storedKey(key);
    return this.#call('remove', () =>
      falseIfMissing(() => this.#client.deleteEntity(partitionKey, rowKey)),
    );
  }

  /**
   * Inserts these rows and replaces one, all together or not at all; at most 100 rows, of one partition.
   * Returns the new etag of the replaced one if the service tells. Throws `changed_meanwhile` when it has
   * another etag or a key is taken, be it by this very call whose answer was lost and which was repeated.
   */
  async commit(partition: string, { insert, replace }: Commit): Promise<string | undefined> {
    const keyOf = (row: string) => ({ partition, row });
    const target = { ...marked(keyOf(replace.row), replace.fields) };
    const create = insert.map(({ row, fields }) => ({ ...marked(keyOf(row), fields) }));
    const actions: TransactionAction[] = [
      ...create.map((entity): TransactionAction => ['create', entity]),
      ['update', target, 'Replace', { etag: replace.etag }],
    ];
    return this.#call('commit', async () => {
      try {
        const answer = await this.#client.submitTransaction(actions);
        return answer.getResponseForEntity(target.rowKey)?.etag?.trim();
      } catch (error) {
        const status = storageStatusOf(error);
        if (isTableGone(error) || ![404, 409, 412].includes(status ?? 0)) throw error;
        throw changedMeanwhile(error);
      }
    });
  }

  /** Rows in the order of their keys; exactly `limit` of them unless the list ends here. */
  async page(query: PartitionQuery, { limit, cursor }: PageRequest): Promise<Page<EntityReader>> {
    const scope = { table: this.#client.tableName, partition: query.partition };
    const after = cursor === undefined ? [] : [rowAfter(decodeCursor(scope, cursor))];
    const found: EntityReader[] = [];
    // One more than asked tells whether there is a next page.
    const filter = filterOf({ ...query, filters: [...(query.filters ?? []), ...after] });
    const rowsAtOnce = query.keep === undefined ? limit + 1 : queryRowsMax;
    for await (const entity of this.scan(filter, rowsAtOnce)) {
      if (query.keep !== undefined && !(await query.keep(entity))) continue;
      if (found.push(entity) > limit) break;
    }
    const items = found.slice(0, limit);
    const last = items.at(-1);
    if (found.length <= limit || last === undefined) return { items };
    return { items, nextCursor: encodeCursor(scope, last.key.row) };
  }

  /** All rows of the partition that the filters let through, in the order of their keys. */
  async all(query: PartitionQuery): Promise<readonly EntityReader[]> {
    const found: EntityReader[] = [];
    for await (const entity of this.scan(filterOf(query))) found.push(entity);
    return found;
  }

  /** Everything that a filter finds, page by page, in the order of the keys. */
  async *scan(filter: string, rowsAtOnce = queryRowsMax): AsyncGenerator<EntityReader> {
    let continuationToken: string | undefined;
    // Each round goes on where the one before ended, so this ends with the table. The service may
    // give a token with few rows or none.
    do {
      const page = await this.#call('query', () =>
        this.#queryOnce(filter, Math.min(rowsAtOnce, queryRowsMax), continuationToken),
      );
      for (const raw of page) yield new EntityReader(raw);
      continuationToken = page.continuationToken;
    } while (continuationToken !== undefined);
  }

  /** Throws `storage_unavailable` within five seconds when the storage does not answer or refuses. */
  async ping(): Promise<void> {
    const abortSignal = AbortSignal.timeout(pingTimeoutMs);
    try {
      await this.#client.getEntity('ping', 'ping', { abortSignal });
    } catch (error) {
      // "There is no such row" is an answer.
      if (storageStatusOf(error) !== 404) throw fromStorageError(error, this.#what('ping'));
    }
  }

  async #call<T>(verb: string, act: () => Promise<T>): Promise<T> {
    try {
      await this.#ready();
      return await act().catch((error: unknown) => this.#againIfTableIsGone(error, act));
    } catch (error) {
      throw fromStorageError(error, this.#what(verb));
    }
  }

  /** Somebody may remove the table while this process runs, such as an emulator that forgets. */
  async #againIfTableIsGone<T>(error: unknown, act: () => Promise<T>): Promise<T> {
    if (!isTableGone(error)) throw error;
    this.#created = undefined;
    await this.#ready();
    return act();
  }

  async #ready(): Promise<void> {
    this.#created ??= this.#client.createTable();
    try {
      await this.#created;
    } catch (error) {
      this.#created = undefined;
      throw error;
    }
  }

  async #read(key: { partitionKey: string; rowKey: string }): Promise<RawEntity | undefined> {
    try {
      return await this.#client.getEntity(key.partitionKey, key.rowKey);
    } catch (error) {
      if (storageStatusOf(error) !== 404 || isTableGone(error)) throw error;
      return undefined;
    }
  }

  /** The stored entity if it carries this very write's mark. */
  async #ownWrite(entity: MarkedEntity): Promise<RawEntity | undefined> {
    const stored = await this.#read(entity);
    return stored?.['writeMark'] === entity.writeMark ? stored : undefined;
  }

  async #etagOf(entity: MarkedEntity): Promise<string> {
    const own = await this.#ownWrite(entity);
    if (own === undefined) throw changedMeanwhile();
    return own.etag;
  }

  async #queryOnce(filter: string, maxPageSize: number, continuationToken: string | undefined) {
    const pages = this.#client
      .listEntities({ queryOptions: { filter } })
      .byPage({ maxPageSize, ...(continuationToken === undefined ? {} : { continuationToken }) });
    const first = await pages.next();
    // The SDK always gives a first page; an empty one has no token.
    return first.done === true ? Object.assign([], { continuationToken: undefined }) : first.value;
  }

  #what(verb: string): string {
    return `${verb} in table ${this.#client.tableName}`;
  }
}

interface MarkedEntity {
  readonly partitionKey: string;
  readonly rowKey: string;
  readonly writeMark: string;
}

/** The condition of a partition query. */
export function filterOf({ partition, filters = [] }: PartitionQuery): string {
  return [odata`PartitionKey eq ${escapeKey(partition)}`, ...filters].join(' and ');
}

function rowAfter(row: string): string {
  return odata`RowKey gt ${escapeKey(row)}`;
}

function marked(key: EntityKey, fields: Fields): MarkedEntity {
  return { ...storedKey(key), ...toProperties(fields), writeMark: randomId(16) };
}

async function falseIfMissing(act: () => Promise<unknown>): Promise<boolean> {
  try {
    await act();
    return true;
  } catch (error) {
    if (storageStatusOf(error) !== 404 || isTableGone(error)) throw error;
    return false;
  }
}

/** The SDK leaves `code` empty and puts what the service said into `details`. */
function isTableGone(error: unknown): boolean {
  if (!isRestError(error)) return false;
  // An answer to a transaction has it in `code`.
  if (error.code === 'TableNotFound') return true;
  const details = error.details as { readonly odataError?: { readonly code?: string } } | undefined;
  return details?.odataError?.code === 'TableNotFound';
}

function changedMeanwhile(cause?: unknown): SluiceError {
  return new SluiceError('changed_meanwhile', { cause });
}
