import type { TransactionAction } from '@azure/data-tables';
import { SluiceError } from '../../core/errors.ts';
import type { Page, PageRequest } from '../../core/page.ts';
import { type StorageAccount, storageStatusOf } from '../shared/storage-options.ts';
import { type Fields, toProperties } from './entity-codec.ts';
import { type EntityKey, fitsKey, storedKey } from './entity-key.ts';
import { EntityReader, type RawEntity } from './entity-reader.ts';
import { type MarkedEntity, marked } from './marked-entity.ts';
import { isTableGone, OpenTable } from './open-table.ts';
import { filterOf, type PartitionQuery, pageOf } from './partition-query.ts';
import { scan } from './scan.ts';

/** What one transaction does. */
export interface Commit {
  readonly insert: readonly { readonly row: string; readonly fields: Fields }[];
  readonly replace: { readonly row: string; readonly fields: Fields; readonly etag: string };
}

/**
 * The rows of one table of Table Storage. Every method throws `storage_unavailable` when the storage does
 * not answer in time. An `insert` or `replace` whose answer was lost, and which the SDK repeats, counts once.
 */
export class EntityTable {
  readonly #table: OpenTable;

  constructor(account: StorageAccount, tableName: string) {
    this.#table = new OpenTable(account, tableName);
  }

  /** False when there is an entity with this key already, which then stays as it is. */
  async insert(key: EntityKey, fields: Fields): Promise<boolean> {
    const entity = marked(key, fields);
    return this.#table.call('insert', async () => {
      try {
        await this.#table.client.createEntity(entity);
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
    await this.#table.call('put', () => this.#table.client.upsertEntity(entity, 'Replace'));
  }

  async find(key: EntityKey): Promise<EntityReader | undefined> {
    // Whatever cannot be stored cannot be found; a caller's odd id is no fault of the storage.
    if (!fitsKey(key)) return undefined;
    const raw = await this.#table.call('find', () => this.#read(storedKey(key)));
    return raw === undefined ? undefined : new EntityReader(raw);
  }

  /** Replaces the entity that has this etag and returns its new one, else throws `changed_meanwhile`. */
  async replace(key: EntityKey, fields: Fields, etag: string): Promise<string> {
    const entity = marked(key, fields);
    return this.#table.call('replace', async () => {
      try {
        const answer = await this.#table.client.updateEntity(entity, 'Replace', { etag });
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
    return this.#table.call('merge', () =>
      falseIfMissing(() => this.#table.client.updateEntity(entity, 'Merge', { etag: '*' })),
    );
  }

  /** Removes the entity that has this etag; false when there is none. */
  async removeUnchanged(key: EntityKey, etag: string): Promise<boolean> {
    const { partitionKey, rowKey } = storedKey(key);
    return this.#table.call('remove', async () => {
      try {
        await this.#table.client.deleteEntity(partitionKey, rowKey, { etag });
        return true;
      } catch (error) {
        const status = storageStatusOf(error);
        if ((status !== 412 && status !== 404) || isTableGone(error)) throw error;
        return false;
      }
    });
  }

  /** False when there was none. */
  async remove(key: EntityKey): Promise<boolean> {
    if (!fitsKey(key)) return false;
    const { partitionKey, rowKey } = storedKey(key);
    return this.#table.call('remove', () =>
      falseIfMissing(() => this.#table.client.deleteEntity(partitionKey, rowKey)),
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
    return this.#table.call('commit', async () => {
      try {
        const answer = await this.#table.client.submitTransaction(actions);
        // An update's answer names no row, so it is found by its place: the last one.
        return answer.subResponses.at(-1)?.etag?.trim();
      } catch (error) {
        const status = storageStatusOf(error);
        if (isTableGone(error) || ![404, 409, 412].includes(status ?? 0)) throw error;
        throw changedMeanwhile(error);
      }
    });
  }

  /**
   * Removes all rows of the partition that the filters let through, in transactions of a hundred. Rows that
   * somebody else removes meanwhile do no harm.
   */
  async removeAll(query: PartitionQuery): Promise<void> {
    const found = this.scan(filterOf(query));
    for await (const rows of chunksOf(found, transactionRowsMax)) {
      await this.#table.call('remove rows', () => this.#removeTogether(rows));
    }
  }

  /** Rows in the order of their keys; exactly `limit` of them unless the list ends here. */
  page(query: PartitionQuery, request: PageRequest): Promise<Page<EntityReader>> {
    return pageOf(this.#table, query, request);
  }

  /** All rows of the partition that the filters let through, in the order of their keys. */
  async all(query: PartitionQuery): Promise<readonly EntityReader[]> {
    const found: EntityReader[] = [];
    for await (const entity of scan(this.#table, filterOf(query), { select: query.select })) {
      found.push(entity);
    }
    return found;
  }

  /** Everything that a filter finds, in the order of the keys. */
  scan(filter: string, rowsAtOnce?: number): AsyncGenerator<EntityReader> {
    return scan(this.#table, filter, { rowsAtOnce });
  }

  /** Throws `storage_unavailable` within five seconds when the storage does not answer or refuses. */
  ping(): Promise<void> {
    return this.#table.ping();
  }

  async #removeTogether(rows: readonly EntityReader[]): Promise<void> {
    const { client } = this.#table;
    const keys = rows.map(({ key }) => storedKey(key));
    try {
      await client.submitTransaction(keys.map((key): TransactionAction => ['delete', key]));
    } catch (error) {
      if (storageStatusOf(error) !== 404 || isTableGone(error)) throw error;
      // One that is gone fails all of them, so each goes by itself.
      for (const { partitionKey, rowKey } of keys) {
        await falseIfMissing(() => client.deleteEntity(partitionKey, rowKey));
      }
    }
  }

  async #read(key: { partitionKey: string; rowKey: string }): Promise<RawEntity | undefined> {
    try {
      return await this.#table.client.getEntity(key.partitionKey, key.rowKey);
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
}

/** More rows the service does not take in one transaction. */
const transactionRowsMax = 100;

async function* chunksOf<T>(items: AsyncIterable<T>, size: number): AsyncGenerator<readonly T[]> {
  let chunk: T[] = [];
  for await (const item of items) {
    chunk.push(item);
    if (chunk.length < size) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
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

function changedMeanwhile(cause?: unknown): SluiceError {
  return new SluiceError('changed_meanwhile', { cause });
}
