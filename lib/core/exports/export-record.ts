import type { Failure } from '../errors.ts';
import type { TableScope } from '../principal.ts';
import type { ExportStatus } from './transitions.ts';

export const compressions = ['gzip', 'zstd', 'none'] as const;
export type Compression = (typeof compressions)[number];

/** What was asked for, with every default filled in and every name checked against the catalog. */
export interface ExportRequest {
  readonly tables: readonly RequestedTable[];
  readonly format: 'csv';
  readonly compression: Compression;
  readonly dialect: 'data';
  readonly packaging: 'files';
  readonly consistency: 'table';
  /** Somebody who is limited to labels asked, so the manifest tells nothing of what labels do not open. */
  readonly limited?: true;
}

export interface TableRequest {
  readonly name: string;
  /** Absent: all columns, in the source's order. */
  readonly columns?: readonly string[];
}

/** A table as it was admitted. */
export interface RequestedTable extends TableRequest {
  /** What the catalog demanded when the export was asked for; it holds even when the table leaves the catalog. */
  readonly scope?: TableScope;
}

/** One export: the request and its whole life. */
export interface ExportRecord {
  readonly tenantId: string;
  /** Also the invocation id. */
  readonly id: string;
  readonly status: ExportStatus;
  /** 1, and one more with each retry. */
  readonly attempt: number;
  readonly request: ExportRequest;
  /** Whose id it is that decides who may see it; see `Exposure`. */
  readonly exposure?: string;
  /** `key:<id>`; see `principalName`. */
  readonly requestedBy: string;
  readonly requestedAt: Date;
  /** When the present attempt was asked for; absent for the first. */
  readonly retriedAt?: Date;
  readonly startedAt?: Date;
  readonly completedAt?: Date;
  /** When the files are deleted; set with every final state. */
  readonly expiresAt?: Date;
  /** Set by a retry: when the files that were good before it go, however often it is retried. */
  readonly filesExpireAt?: Date;
  readonly cancelRequestedAt?: Date;
  /** When this attempt's result was fixed; the manifest is made of it, so that making it twice gives the same bytes. */
  readonly closingAt?: Date;
  /** Set before the first file goes: from then on no links and no retry. */
  readonly deletion?: Deletion;
  readonly totals?: ExportTotals;
  readonly manifest?: ManifestRef;
  /** X6: what the tenant's clients say they have. */
  readonly fetched?: Fetched;
  readonly error?: Failure;
}

export interface ExportTotals {
  readonly tables: number;
  readonly files: number;
  readonly rows: number;
  readonly bytes: number;
  readonly uncompressedBytes: number;
}

export interface ManifestRef {
  /** Of the bytes of manifest.json, hex. */
  readonly sha256: string;
  /** 1 for the first manifest of an export, one more after each retry. */
  readonly revision: number;
}

export interface Fetched {
  /** Different part files; all of them when it equals `totals.files`. */
  readonly files: number;
  /** When the last of them was reported. */
  readonly at: Date;
}

export interface Deletion {
  readonly at: Date;
  readonly reason: 'retention' | 'request';
  /** Who asked, for `request`. */
  readonly requestedBy?: string;
  /** What was there, counted just before. */
  readonly files: number;
  readonly bytes: number;
}
