import type { Failure } from '../errors.ts';
import type { Column } from '../sources/column.ts';

export type TableStatus = 'pending' | 'running' | 'ready' | 'failed';

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
  /** Names the run that may write; a later run of the same step takes over by changing it. */
  readonly writer?: string;
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
