import type { Catalog } from '../catalog/catalog.ts';
import { findTable } from '../catalog/catalog.ts';
import type { ErrorCode } from '../errors.ts';
import type { Column } from '../sources/column.ts';
import type { ExportRecord, ExportTotals } from './export-record.ts';
import type { PartRecord, TableRecord } from './table-record.ts';

/** The signed list of everything in an export (api.md §4). A stable format: clients parse it. */
export interface Manifest {
  readonly version: 1;
  readonly revision: number;
  readonly exportId: string;
  readonly tenantId: string;
  readonly status: 'ready' | 'partially_ready';
  readonly requestedAt: string;
  readonly completedAt: string;
  readonly expiresAt: string;
  readonly consistency: 'table';
  readonly format: ManifestFormat;
  readonly tables: readonly ManifestTable[];
  readonly failedTables: readonly FailedTable[];
  readonly excluded: readonly { readonly table: string; readonly reason: string }[];
  readonly totals: ExportTotals;
}

export interface ManifestFormat {
  readonly format: 'csv';
  readonly dialect: 'data';
  readonly compression: string;
  readonly encoding: 'utf-8';
  readonly delimiter: ',';
  readonly lineEnd: 'LF';
  readonly header: true;
  /** The header's names have them always, so that a reader sees at once how the file is quoted. */
  readonly headerQuotes: 'always';
  /** Around a value with a comma, a quote, CR or LF; a quote in it is doubled. */
  readonly valueQuotes: 'where needed';
  readonly null: 'nothing';
  readonly emptyString: '""';
  readonly booleans: 'true/false';
  /** Exact decimal text; `NaN`, `Infinity`, `-Infinity` where the source has them. */
  readonly numbers: 'exact text';
  /** Of columns of type `timestamp`: `2026-01-02T03:04:05.123Z`, with the source's own fraction. */
  readonly times: 'ISO 8601, UTC';
  readonly bytes: 'base64';
  readonly arrays: 'JSON';
}

export interface ManifestTable {
  readonly name: string;
  readonly description?: string;
  /** Every tenant gets every row of this table: it belongs to none. */
  readonly tenant?: 'shared';
  /** The source's own count, in the same snapshot as the rows. */
  readonly sourceRows: number;
  readonly rows: number;
  readonly snapshotAt: string;
  readonly columns: readonly Column[];
  readonly files: readonly ManifestFile[];
}

export type ManifestFile = Pick<
  PartRecord,
  'name' | 'rows' | 'bytes' | 'uncompressedBytes' | 'sha256'
>;

export interface FailedTable {
  readonly name: string;
  readonly code: ErrorCode;
  readonly message: string;
}

/** A table whose rows and files agree. */
export interface ProvenTable {
  readonly table: TableRecord;
  readonly parts: readonly PartRecord[];
}

export interface ManifestFacts {
  readonly record: ExportRecord;
  readonly proven: readonly ProvenTable[];
  readonly failed: readonly FailedTable[];
  readonly catalog: Catalog;
  readonly completedAt: Date;
  readonly expiresAt: Date;
}

/** The same facts always give the same manifest, to the byte. */
export function buildManifest(facts: ManifestFacts): Manifest {
  const { record, proven, failed, catalog } = facts;
  return {
    version: 1,
    revision: nextRevision(record),
    exportId: record.id,
    tenantId: record.tenantId,
    status: failed.length === 0 ? 'ready' : 'partially_ready',
    requestedAt: record.requestedAt.toISOString(),
    completedAt: facts.completedAt.toISOString(),
    expiresAt: facts.expiresAt.toISOString(),
    consistency: record.request.consistency,
    format: formatOf(record),
    tables: proven.map((entry) => manifestTable(entry, catalog)),
    failedTables: failed,
    excluded: excludedOf(record, catalog),
    totals: totalsOf(proven),
  };
}

/** What is left out carries no labels, so somebody who is limited to labels is not told of it. */
function excludedOf({ request }: ExportRecord, { excluded }: Catalog): Manifest['excluded'] {
  if (request.limited === true) return [];
  return excluded.map(({ name, reason }) => ({ table: name, reason }));
}

export function nextRevision(record: ExportRecord): number {
  return (record.manifest?.revision ?? 0) + 1;
}

export function totalsOf(proven: readonly ProvenTable[]): ExportTotals {
  const parts = proven.flatMap((entry) => entry.parts);
  const total = (of: (part: PartRecord) => number) =>
    parts.reduce((sum, part) => sum + of(part), 0);
  return {
    tables: proven.length,
    files: parts.length,
    rows: total((part) => part.rows),
    bytes: total((part) => part.bytes),
    uncompressedBytes: total((part) => part.uncompressedBytes),
  };
}

function formatOf({ request }: ExportRecord): ManifestFormat {
  return {
    format: request.format,
    dialect: request.dialect,
    compression: request.compression,
    encoding: 'utf-8',
    delimiter: ',',
    lineEnd: 'LF',
    header: true,
    headerQuotes: 'always',
    valueQuotes: 'where needed',
    null: 'nothing',
    emptyString: '""',
    booleans: 'true/false',
    numbers: 'exact text',
    times: 'ISO 8601, UTC',
    bytes: 'base64',
    arrays: 'JSON',
  };
}

function manifestTable({ table, parts }: ProvenTable, catalog: Catalog): ManifestTable {
  const { description, tenant } = findTable(catalog, table.name) ?? {};
  return {
    name: table.name,
    ...(description === undefined ? {} : { description }),
    ...(tenant?.shared === true ? { tenant: 'shared' as const } : {}),
    sourceRows: table.countedRows ?? 0,
    rows: table.rows,
    snapshotAt: table.snapshotAt?.toISOString() ?? '',
    columns: table.shape ?? [],
    files: parts.map(({ name, rows, bytes, uncompressedBytes, sha256 }) => ({
      name,
      rows,
      bytes,
      uncompressedBytes,
      sha256,
    })),
  };
}
