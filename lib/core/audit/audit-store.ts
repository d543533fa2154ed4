import type { Stored } from '../stored.ts';
import type { AuditEvent } from './audit-event.ts';

/**
 * Chains of events, cut into months (`yyyymm`). Each month has a head, which is written together with
 * the events that move it. Every method throws `storage_unavailable` when the storage does not answer.
 */
export interface AuditStore {
  /** Every chain that was ever begun. */
  chains(): AsyncIterable<string>;
  /** Claims the month that the chain begins in and returns the one that holds the claim. */
  claimFirstMonth(chain: string, month: string): Promise<string>;
  /** The months of the chain, oldest first; one may have been announced and not opened yet. */
  months(chain: string): Promise<readonly string[]>;
  announceMonth(chain: string, month: string): Promise<void>;
  findHead(chain: string, month: string): Promise<Stored<AuditHead> | undefined>;
  /** False when the month has a head already, which then stays. */
  insertHead(chain: string, month: string, head: AuditHead): Promise<boolean>;
  /** Throws `changed_meanwhile` when the head has another etag. */
  replaceHead(chain: string, month: string, head: AuditHead, etag: string): Promise<void>;
  /**
   * Stores the events, their marks and the moved head together or not at all, and returns the head's new
   * etag if it is known. Throws `changed_meanwhile` when the head has another etag, a sequence number is
   * taken, or a mark is there already.
   */
  append(order: AppendOrder): Promise<string | undefined>;
  find(chain: string, month: string, seq: number): Promise<AuditRow | undefined>;
  /** True when an event with this mark was stored in the month. */
  hasMark(chain: string, month: string, mark: string): Promise<boolean>;
  /** By sequence number. */
  list(query: AuditRowQuery): AsyncIterable<AuditRow>;
  putCheckpoint(checkpoint: AuditCheckpoint): Promise<void>;
  /** The one that reaches furthest. */
  newestCheckpoint(chain: string): Promise<AuditCheckpoint | undefined>;
  /** Removes every row of the month and then the month itself. Doing it again is harmless. */
  removeMonth(chain: string, month: string): Promise<void>;
}

/** Where a month of a chain stands. */
export interface AuditHead {
  /** Of the newest event; `firstSeq - 1` while the month has none. */
  readonly seq: number;
  readonly hash: string;
  /** The first sequence number of this month. */
  readonly firstSeq: number;
  /** The hash before the first event of this month. */
  readonly openingHash: string;
  /** The month before; absent for the first. */
  readonly openedFrom?: string;
  /** Set when the month takes nothing more: the month that goes on. */
  readonly closedTo?: string;
}

export interface AppendOrder {
  readonly chain: string;
  readonly month: string;
  readonly events: readonly AuditEvent[];
  /** Of the events that may be stored only once. */
  readonly marks: readonly string[];
  readonly head: AuditHead;
  readonly etag: string;
}

/** A stored row as it is found, altered or not. */
export interface AuditRow {
  /** By its place in the table; undefined for a row that is at no event's place. */
  readonly place: number | undefined;
  /** Undefined when it cannot be read, or when its columns tell another story than the event. */
  readonly event: AuditEvent | undefined;
}

export interface AuditRowQuery extends AuditFilter {
  readonly chain: string;
  readonly month: string;
  /** Only rows after this place. */
  readonly afterSeq?: number;
  /** Only rows up to this place. */
  readonly upToSeq?: number;
  /** Ask the storage for so many at once; default as many as it gives. */
  readonly rowsAtOnce?: number;
}

export interface AuditFilter {
  /** Written at or after. */
  readonly from?: Date;
  /** Written before. */
  readonly to?: Date;
  readonly action?: string;
  /** As `actorName` writes it. */
  readonly actor?: string;
}

/** Stands for everything that was removed up to it. */
export interface AuditCheckpoint {
  readonly chain: string;
  readonly upToSeq: number;
  /** Of the event `upToSeq`. */
  readonly hash: string;
  /** Events of this month. */
  readonly count: number;
  readonly month: string;
  /** A compact JWS (EdDSA) over the canonical JSON of the fields above. */
  readonly signature: string;
}
