/** A client's own word that it has files whole: what it read has the hash that the manifest names. */
export interface FetchRecord {
  readonly tenantId: string;
  readonly exportId: string;
  readonly id: string;
  /** Only those that no earlier record of the export names. */
  readonly files: readonly string[];
  readonly fetchedBy: string;
  readonly fetchedAt: Date;
}

export interface FetchStore {
  insert(record: FetchRecord): Promise<void>;
  /** Everything said about the export, newest first. */
  list(exportId: string): Promise<readonly FetchRecord[]>;
}
