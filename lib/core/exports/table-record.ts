import type { Failure } from '../errors.ts';
import type { Column } from '../sources/column.ts';

/** `cancelled`: the export was, before this table was settled. */
export type TableStatus = 'pending' | 'running' | 'ready' | 'failed' | 'cancelled';

/** One table of one export. */
export interface TableRecord {
  readonly exportId: string;
  /** Its place in the request; stable over retries. */
  readonly index: number;
  readonly name: string;
  readonly source: string;
  readonly columns?: readonly string[];
  readonly status: TableStatus;
  /** The export's attempt in which this table last ran. */
  readonly attempt: number;
  /** Names the run that writes; absent while none does. A later run takes over by changing it. */
  readonly writer?: string;
  /** How often reading was begun in this attempt; more than once when a run was taken away. */
  readonly runs?: number;
  /** How many runs of this attempt ended in trouble that may pass, other than waiting for the source. */
  readonly troubles?: number;
  /** Since when its source could not be connected to; absent while it can. */
  readonly waitingSince?: Date;
  /** The source's own count, in the same snapshot. */
  readonly countedRows?: number;
  /** Rows written so far; equal to `countedRows` when `ready`. */
  readonly rows: number;
  readonly bytes: number;
  /** Files written so far. */
  readonly parts?: number;
  readonly snapshotAt?: Date;
  readonly startedAt?: Date;
  readonly updatedAt?: Date;
  /** The columns as they were read. */
  readonly shape?: readonly Column[];
  /** The last trouble; final when the status is `failed`. */
  readonly failure?: Failure;
}

/** True when nothing more will be done for the table in this attempt. */
export function isSettled(table: TableRecord, attempt: number): boolean {
  if (table.status === 'ready' || table.status === 'cancelled') return true;
  return table.status === 'failed' && table.attempt === attempt;
}

/** A living run writes its progress every two seconds, and whoever waits looks twice a minute. */
export const silentMs = 60_000;

/** True when somebody has looked after the table within the last minute. */
export function isTouched({ updatedAt }: TableRecord, now: Date): boolean {
  return updatedAt !== undefined && now.getTime() - updatedAt.getTime() <= silentMs;
}

/** One part file of one table. */
export interface PartRecord {
  readonly exportId: string;
  readonly tableIndex: number;
  /** 1 and up. */
  readonly partIndex: number;
  /** The file's name in the export's container. */
  readonly name: string;
  readonly rows: number;
  /** As stored. */
  readonly bytes: number;
  readonly uncompressedBytes: number;
  /** Of the stored bytes, hex. */
  readonly sha256: string;
}
