import type { Stored } from '../stored.ts';
import type { PartSet } from './part-set.ts';

/**
 * X6: clients' own word that they have files of an export whole: what they read has the hash that the
 * manifest names. One row an export, however many receipts there were; who sent them is in the audit log.
 */
export interface FetchRecord {
  readonly tenantId: string;
  readonly exportId: string;
  readonly parts: PartSet;
  /** When the last of them was reported. */
  readonly at: Date;
}

export interface FetchStore {
  /** False when there is one for the export already; nothing is changed then. */
  insert(record: FetchRecord): Promise<boolean>;
  find(exportId: string): Promise<Stored<FetchRecord> | undefined>;
  /** Throws `changed_meanwhile` when the row has another etag. */
  update(record: FetchRecord, etag: string): Promise<void>;
  remove(exportId: string): Promise<void>;
}
