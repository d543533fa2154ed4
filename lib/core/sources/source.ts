import type { CatalogTable } from '../catalog/catalog.ts';
import type { Column } from './column.ts';

/** A database that Sluice reads and never writes. */
export interface Source {
  /**
   * Opens a read-only view of one moment. Every read inside it sees the same rows: all that there were,
   * whatever is done to the tables meanwhile. Where that cannot be, a read fails with `table_changed`,
   * and the next snapshot comes after the change.
   * Throws `source_unreachable`, `source_busy`, `secret_unavailable` or, for a login that may do more
   * than read whatever the table, `login_too_powerful` (K1).
   */
  openSnapshot(request: SnapshotRequest): Promise<Snapshot>;
  /** Ends every connection; the source is not used afterwards. */
  close(): Promise<void>;
}

export interface SnapshotRequest {
  /** The tenant's id in the source's own rows (or its schema's name). */
  readonly tenantSourceId: string;
  /** The tenant's id in Sluice; only the source `sluice` reads by it, and no rows without it. */
  readonly tenantId?: string;
  /** The tables that will be read. A source that locks locks these before it fixes the moment. */
  readonly tables: readonly CatalogTable[];
  /** `describing`: only `describe` is called, nothing is locked. Absent: `exporting`. */
  readonly purpose?: 'describing' | 'exporting';
  /** Aborting ends the running statement on the server and the connection. */
  readonly signal: AbortSignal;
}

export interface Snapshot extends AsyncDisposable {
  /** The moment that every read sees, by the source's clock. */
  readonly takenAt: Date;
  /**
   * All columns of the table in their order in the source. Throws what is wrong with this table alone:
   * `table_missing`, `permission_denied`, `rows_hidden`, `login_too_powerful`, `table_locked` and others.
   */
  describe(table: CatalogTable): Promise<readonly Column[]>;
  /** The source's own count of the tenant's rows. */
  count(selection: Selection): Promise<number>;
  /** The tenant's rows, each once. One stream at a time. */
  stream(selection: Selection): Promise<TableStream>;
}

export interface Selection {
  readonly table: CatalogTable;
  /** The columns to read, in the order they are written. */
  readonly columns: readonly Column[];
}

/** Rows on their way: as finished CSV records where the source can write them, else as values. */
export type TableStream = CsvStream | RowStream;

/** Records of the `data` dialect, each ended by LF, without a header. */
export interface CsvStream {
  readonly kind: 'csv';
  /** Up to `rowsMax` whole records, or undefined at the end. The bytes are valid until the next read. */
  read(rowsMax: number): Promise<CsvBatch | undefined>;
}

export interface CsvBatch {
  readonly bytes: Uint8Array;
  readonly rows: number;
}

export interface RowStream {
  readonly kind: 'rows';
  /** Up to `rowsMax` rows, or undefined at the end. */
  read(rowsMax: number): Promise<readonly Row[] | undefined>;
  /**
   * At the end: how many values of a column, by its name, were of another kind than its type says. Absent
   * where a column holds nothing else.
   */
  readonly otherKinds?: ReadonlyMap<string, number>;
}

/** Values in the order of the selection's columns. */
export type Row = readonly Value[];

/** Times arrive as ISO 8601 text, numbers beyond 2^53 as bigint, arrays and JSON as JSON text. */
export type Value = string | number | bigint | boolean | Uint8Array | null;

/** The sources of the catalog by name. Throws TypeError for a name that the catalog does not hold. */
export type Sources = (name: string) => Source;
