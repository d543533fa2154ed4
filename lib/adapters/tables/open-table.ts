import { isRestError } from '@azure/core-rest-pipeline';
import type { TableClient } from '@azure/data-tables';
import {
  fromStorageError,
  type StorageAccount,
  storageStatusOf,
} from '../shared/storage-options.ts';
import { tableClient } from './table-client.ts';

/** Table Storage answers a point read in milliseconds; a health check waits no longer than this. */
const pingTimeoutMs = 5_000;

/** One table, made when it is first used, and made anew when somebody has removed it. */
export class OpenTable {
  readonly client: TableClient;
  #created: Promise<void> | undefined;

  constructor(account: StorageAccount, tableName: string) {
    this.client = tableClient(account, tableName);
  }

  /** Acts on the table; throws `storage_unavailable`, with this verb, when the storage fails it. */
  async call<T>(verb: string, act: () => Promise<T>): Promise<T> {
    try {
      await this.#ready();
      return await act().catch((error: unknown) => this.#againIfTableIsGone(error, act));
    } catch (error) {
      throw fromStorageError(error, this.#what(verb));
    }
  }

  /** Throws `storage_unavailable` within five seconds when the storage does not answer or refuses. */
  async ping(): Promise<void> {
    const abortSignal = AbortSignal.timeout(pingTimeoutMs);
    try {
      await this.client.getEntity('ping', 'ping', { abortSignal });
    } catch (error) {
      // "There is no such row" is an answer.
      if (storageStatusOf(error) !== 404) throw fromStorageError(error, this.#what('ping'));
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
    this.#created ??= this.client.createTable();
    try {
      await this.#created;
    } catch (error) {
      this.#created = undefined;
      throw error;
    }
  }

  #what(verb: string): string {
    return `${verb} in table ${this.client.tableName}`;
  }
}

/** An answer of 404 because there is no such table, not because there is no such row. */
export function isTableGone(error: unknown): boolean {
  if (!isRestError(error)) return false;
  // The SDK puts what the service said into `details`, but for the answer to a transaction: there it is in `code`.
  if (error.code === 'TableNotFound') return true;
  const details = error.details as { readonly odataError?: { readonly code?: string } } | undefined;
  return details?.odataError?.code === 'TableNotFound';
}
