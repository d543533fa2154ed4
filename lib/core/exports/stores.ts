import type { Page, PageRequest } from '../page.ts';
import type { Stored } from '../stored.ts';
import type { ExportRecord } from './export-record.ts';
import type { ExportWork } from './starter.ts';
import type { PartRecord, TableRecord } from './table-record.ts';
import type { ExportStatus } from './transitions.ts';

/** All stores throw `storage_unavailable` when the storage does not answer in time. */
export interface ExportStore {
  /** False when the id is taken already; nothing is changed then. */
  insert(record: ExportRecord): Promise<boolean>;
  find(tenantId: string, exportId: string): Promise<Stored<ExportRecord> | undefined>;
  /** Replaces the row if it still has this etag, else throws `changed_meanwhile`. */
  update(record: ExportRecord, etag: string): Promise<void>;
  /** Newest first; only those for which `isSeen` holds, in pages that are full all the same. */
  list(
    tenantId: string,
    filter: ExportFilter,
    page: PageRequest,
    isSeen?: (record: ExportRecord) => boolean,
  ): Promise<Page<ExportRecord>>;
}

export interface ExportFilter {
  readonly status?: ExportStatus;
  /** Requested at or after. */
  readonly from?: Date;
  /** Requested before. */
  readonly to?: Date;
  /** Of one of these exposures. Too many of them may be passed over, so look at each row all the same. */
  readonly exposures?: readonly string[];
}

export interface TableStore {
  /** Inserts the rows that are not there yet; existing rows stay as they are. */
  insertMissing(exportId: string, records: readonly TableRecord[]): Promise<void>;
  find(exportId: string, index: number): Promise<Stored<TableRecord> | undefined>;
  /** By index. */
  list(exportId: string): Promise<readonly Stored<TableRecord>[]>;
  /** By index, without `columns` and `shape`, which make most of a row. */
  states(exportId: string): Promise<readonly TableRecord[]>;
  /** Returns the new etag; throws `changed_meanwhile` when the row has another one. */
  update(record: TableRecord, etag: string): Promise<string>;
  removeAll(exportId: string): Promise<void>;
}

export interface PartStore {
  /** Inserts or replaces. */
  put(record: PartRecord): Promise<void>;
  removeAll(exportId: string): Promise<void>;
  find(place: PartPlace): Promise<PartRecord | undefined>;
  /** By table index and part index; all tables when `tableIndex` is absent. */
  list(exportId: string, tableIndex?: number): Promise<readonly PartRecord[]>;
  remove(place: PartPlace): Promise<void>;
}

export type PartPlace = Pick<PartRecord, 'exportId' | 'tableIndex' | 'partIndex'>;

/** Remembers which request an Idempotency-Key stands for. */
export interface IdempotencyStore {
  /**
   * Claims the key for this claim, or returns the claim that holds it already.
   * A claim made before `staleBefore` no longer counts and is replaced.
   */
  claim(tenantId: string, keyHash: string, claim: Claim, staleBefore: Date): Promise<Claim>;
}

/** Claims that no longer count. */
export interface StaleClaims {
  /** Removes the tenant's claims that were made before. */
  removeBefore(tenantId: string, cutoff: Date): Promise<void>;
}

export interface Claim {
  /** What the request makes, or made. */
  readonly madeId: string;
  /** SHA-256 of the request, hex. */
  readonly requestHash: string;
  readonly claimedAt: Date;
}

/** Which exports run, and which are to be deleted when: both without scanning anything. */
export interface DueStore {
  /** Keeps that this attempt is under way. A mark that is there already stays, as old as it is. */
  markRunning(mark: RunningMark): Promise<void>;
  /** Removes the mark of this attempt of this tenant's export and no other. */
  clearRunning(work: ExportWork): Promise<void>;
  listRunning(): AsyncIterable<RunningMark>;
  findRunning(work: ExportWork): Promise<Stored<RunningMark> | undefined>;
  /** Keeps the mark's plan; false when the mark has another etag or is gone. */
  planRunning(mark: RunningMark, etag: string): Promise<boolean>;
  /** One row in the partition of the day; marking twice is harmless. */
  markExpiry(entry: DueEntry): Promise<void>;
  clearExpiry(entry: DueEntry): Promise<void>;
  /** Every entry with `at` at or before `now`, oldest day first. */
  listExpired(now: Date): AsyncIterable<DueEntry>;
}

/** An attempt at an export that was accepted and has not been announced as ended. */
export interface RunningMark extends ExportWork {
  /** When the attempt was asked for. */
  readonly at: Date;
  /** How its tables are read; absent until it is planned. */
  readonly plan?: LanePlan;
}

/** Which lanes were started, so that somebody else can look after them. */
export interface LanePlan {
  /** Counts the plans of the attempt, from 1. */
  readonly run: number;
  /** The order that it was made for. */
  readonly orderedAt: string;
  /** ISO 8601, UTC. */
  readonly plannedAt: string;
  /** The table indexes of each lane. */
  readonly lanes: readonly (readonly number[])[];
}

export interface DueEntry {
  readonly tenantId: string;
  readonly exportId: string;
  /** When it expires. */
  readonly at: Date;
  /** How often deleting it has failed, and when it is worth trying again. */
  readonly tries?: number;
  readonly nextTryAt?: Date;
}
