import type { Failure } from '../errors.ts';
import type { StoredFile } from './export-files.ts';
import type { FailedTable, ProvenTable } from './manifest.ts';
import type { PartRecord, TableRecord } from './table-record.ts';

export interface Reconciled {
  readonly proven: readonly ProvenTable[];
  readonly failed: readonly FailedTable[];
}

/**
 * X1: a table counts only when the source's count, the rows written, the parts' rows and the stored
 * files (size and SHA-256) all agree. Everything else is failed, with the reason.
 */
export function reconcile(
  tables: readonly TableRecord[],
  parts: readonly PartRecord[],
  files: readonly StoredFile[],
): Reconciled {
  const proven: ProvenTable[] = [];
  const failed: FailedTable[] = [];
  const stored = new Map(files.map((file) => [file.name, file]));
  for (const table of tables) {
    const own = parts.filter(({ tableIndex }) => tableIndex === table.index);
    const failure = failureOfTable(table, own, stored);
    if (failure === undefined) proven.push({ table, parts: own });
    else failed.push({ name: table.name, ...failure });
  }
  return { proven, failed };
}

function failureOfTable(
  table: TableRecord,
  parts: readonly PartRecord[],
  stored: ReadonlyMap<string, StoredFile>,
): Failure | undefined {
  if (table.status !== 'ready') return table.failure ?? unfinished;
  const written = parts.reduce((rows, part) => rows + part.rows, 0);
  if (table.countedRows !== table.rows || written !== table.rows || !areConsecutive(parts)) {
    return countMismatch(table, written);
  }
  return parts.every((part) => isStored(part, stored.get(part.name))) ? undefined : fileMismatch;
}

function areConsecutive(parts: readonly PartRecord[]): boolean {
  return parts.length > 0 && parts.every((part, place) => part.partIndex === place + 1);
}

function isStored(part: PartRecord, file: StoredFile | undefined): boolean {
  return file !== undefined && file.bytes === part.bytes && file.sha256 === part.sha256;
}

const unfinished: Failure = {
  code: 'internal_error',
  message: 'The table was not finished. Retry the export.',
};

const fileMismatch: Failure = {
  code: 'file_mismatch',
  message: 'A stored file differs from what was written. Retry the export.',
};

function countMismatch(table: TableRecord, written: number): Failure {
  return {
    code: 'count_mismatch',
    message: `The source counted ${table.countedRows ?? 'no'} rows, ${written} were written. Retry the export.`,
  };
}
