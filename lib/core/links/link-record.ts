import type { Page, PageRequest } from '../page.ts';

/** A line of the ledger: who got which link, when, for how long. Never the link. */
export interface LinkRecord {
  readonly tenantId: string;
  readonly exportId: string;
  /** A GUID; the storage's own log names it (`scid`) whenever the link is used. */
  readonly id: string;
  /** `file` opens the named files, `export` every file of the export. */
  readonly kind: 'file' | 'export';
  readonly fileCount: number;
  /** The files that were asked for by name; absent when it opens every part file that the manifest lists. */
  readonly names?: readonly string[];
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  /** The caller's address as the platform reports it. */
  readonly callerAddress?: string;
  /** The address range the link is bound to. */
  readonly ip?: string;
}

export interface LinkStore {
  insert(record: LinkRecord): Promise<void>;
  removeAll(exportId: string): Promise<void>;
  /** Newest first; one alone when `linkId` names it. */
  list(exportId: string, page: PageRequest, linkId?: string): Promise<Page<LinkRecord>>;
}
