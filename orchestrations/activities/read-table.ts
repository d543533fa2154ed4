import { type Catalog, type CatalogTable, findTable } from '../../lib/core/catalog/catalog.ts';
import { SluiceError } from '../../lib/core/errors.ts';
import { chooseColumns } from '../../lib/core/exports/choose-columns.ts';
import type { ExportFiles } from '../../lib/core/exports/export-files.ts';
import type { ExportRecord } from '../../lib/core/exports/export-record.ts';
import type { PartStore, TableStore } from '../../lib/core/exports/stores.ts';
import type { Column } from '../../lib/core/sources/column.ts';
import type { Selection, Snapshot, Sources, TableStream } from '../../lib/core/sources/source.ts';
import type { TenantStore } from '../../lib/core/tenants/tenant.ts';
import type { BlockTarget } from '../../lib/pipeline/blocks.ts';
import { toCsvStream } from '../../lib/pipeline/csv-stream.ts';
import { partFileName, partTarget } from '../../lib/pipeline/part-files.ts';
import { type WrittenTable, writeParts } from '../../lib/pipeline/write-parts.ts';
import type { TableClaim } from './table-claim.ts';
import type { Counter, ProgressDeps } from './with-progress.ts';

export interface ReadTableDeps extends ProgressDeps {
  readonly catalog: Catalog;
  readonly tenants: TenantStore;
  readonly tables: TableStore;
  readonly parts: PartStore;
  readonly files: ExportFiles;
  readonly sources: Sources;
  readonly partRows: number;
  readonly gzipLevel: number;
}

/** Reads the claimed table in one snapshot and writes its parts; the row holds the outcome. */
export async function readTable(
  deps: ReadTableDeps,
  record: ExportRecord,
  claim: TableClaim,
  counter: Counter,
  signal: AbortSignal,
): Promise<void> {
  const table = tableOf(deps.catalog, claim.current.name);
  const tenantSourceId = await sourceIdOf(deps.tenants, record.tenantId);
  const request = { tenantSourceId, tenantId: record.tenantId, tables: [table], signal };
  await using snapshot = await deps.sources(table.source).openSnapshot(request);
  const selection = await select(snapshot, table, claim.current.columns);
  await claim.save({
    waitingSince: undefined,
    shape: selection.columns,
    snapshotAt: snapshot.takenAt,
    countedRows: await snapshot.count(selection),
  });
  const written = await writeTable(deps, record, claim, counter, signal, snapshot, selection);
  await removeLaterParts(deps.parts, claim, written.parts);
  const { rows, bytes, parts, columns } = written;
  await claim.save({ rows, bytes, parts, shape: columns });
}

function tableOf(catalog: Catalog, name: string): CatalogTable {
  const table = findTable(catalog, name);
  if (table !== undefined) return table;
  throw new SluiceError('table_missing', { message: 'The table is no longer in the catalog.' });
}

async function sourceIdOf(tenants: TenantStore, tenantId: string): Promise<string> {
  const tenant = await tenants.find(tenantId);
  if (tenant !== undefined) return tenant.value.sourceId;
  throw new SluiceError('not_found', { message: 'There is no such tenant any more.' });
}

async function select(
  snapshot: Snapshot,
  table: CatalogTable,
  names: readonly string[] | undefined,
): Promise<Selection> {
  return { table, columns: chooseColumns(table, await snapshot.describe(table), names) };
}

async function writeTable(
  deps: ReadTableDeps,
  record: ExportRecord,
  claim: TableClaim,
  counter: Counter,
  signal: AbortSignal,
  snapshot: Snapshot,
  selection: Selection,
): Promise<WrittenTable & { readonly columns: readonly Column[] }> {
  const { exportId, index: tableIndex } = claim.current;
  const { compression } = record.request;
  const stream = await snapshot.stream(selection);
  const written = await writeParts({
    stream: toCsvStream(stream),
    columns: selection.columns,
    partRows: deps.partRows,
    compression,
    level: compression === 'gzip' ? deps.gzipLevel : 1,
    partName: (partIndex) => partFileName(selection.table.name, partIndex, compression),
    open: (name) => guarded(partTarget(deps.files, { exportId, name }, compression), claim),
    onPart: async (part) => {
      await deps.parts.put({ exportId, tableIndex, ...part });
      counter.parts = part.partIndex;
    },
    onProgress: (progress) => Object.assign(counter, progress),
    signal,
  });
  return { ...written, columns: counted(selection.columns, stream) };
}

/** The columns with what their types do not say, for the manifest. */
function counted(columns: readonly Column[], stream: TableStream): readonly Column[] {
  const otherKinds = stream.kind === 'rows' ? stream.otherKinds : undefined;
  return columns.map((column) => {
    const count = otherKinds?.get(column.name) ?? 0;
    return count === 0 ? column : { ...column, otherKinds: count };
  });
}

/** A run that was superseded commits nothing over its successor's files. */
function guarded(target: BlockTarget, claim: TableClaim): BlockTarget {
  return {
    ...target,
    async commit(...facts) {
      await claim.check();
      await target.commit(...facts);
    },
  };
}

/** An earlier run may have recorded more parts; their files are orphans and go with the manifest. */
async function removeLaterParts(
  parts: PartStore,
  claim: TableClaim,
  partCount: number,
): Promise<void> {
  const { exportId, index } = claim.current;
  for (const part of await parts.list(exportId, index)) {
    if (part.partIndex > partCount) await parts.remove(part);
  }
}
