import { type Catalog, findTable } from '../catalog/catalog.ts';
import type { Clock } from '../clock.ts';
import { changeExport } from './change-export.ts';
import type { ExportFiles } from './export-files.ts';
import type { ExportRecord } from './export-record.ts';
import type { ExportWork } from './starter.ts';
import type { ExportStore, TableStore } from './stores.ts';
import type { TableRecord } from './table-record.ts';

export interface PlanExportDeps {
  readonly catalog: Catalog;
  readonly exports: ExportStore;
  readonly tables: TableStore;
  readonly files: ExportFiles;
  readonly clock: Clock;
}

/** Table indexes only, so that the orchestration's history holds no names. */
export interface ExportPlan {
  /** `run` the lanes; `close` when the export was cancelled before; `nothing` when it has ended already. */
  readonly next: 'run' | 'close' | 'nothing';
  /** Each lane takes its tables one after another. */
  readonly lanes: readonly (readonly number[])[];
}

/** Moves the export to `processing`, makes its container and rows, and packs its open tables into lanes. */
export async function planExport(deps: PlanExportDeps, work: ExportWork): Promise<ExportPlan> {
  const record = await begin(deps, work);
  if (record.status !== 'processing' || record.attempt !== work.attempt) {
    return { next: 'nothing', lanes: [] };
  }
  if (record.cancelRequestedAt !== undefined) return { next: 'close', lanes: [] };
  await deps.files.create(record.id);
  await deps.tables.insertMissing(record.id, newTables(record, deps.catalog));
  const rows = (await deps.tables.list(record.id)).map(({ value }) => value);
  return { next: 'run', lanes: packLanes(rows.filter(isOpen), deps.catalog) };
}

function begin({ exports, clock }: PlanExportDeps, work: ExportWork): Promise<ExportRecord> {
  return changeExport(exports, work.tenantId, work.exportId, (record) =>
    record.status === 'pending' && record.attempt === work.attempt
      ? { ...record, status: 'processing', startedAt: clock() }
      : undefined,
  );
}

function newTables(record: ExportRecord, catalog: Catalog): readonly TableRecord[] {
  return record.request.tables.map((request, index) => ({
    exportId: record.id,
    index,
    name: request.name,
    source: findTable(catalog, request.name)?.source ?? '',
    ...(request.columns === undefined ? {} : { columns: request.columns }),
    status: 'pending',
    attempt: record.attempt,
    rows: 0,
    bytes: 0,
  }));
}

function isOpen(table: TableRecord): boolean {
  return table.status !== 'ready';
}

/** As many lanes per source as its `parallelTables`, filled in turn. */
export function packLanes(
  tables: readonly Pick<TableRecord, 'index' | 'source'>[],
  catalog: Catalog,
): readonly (readonly number[])[] {
  const bySource = Map.groupBy(tables, ({ source }) => source);
  return [...bySource].flatMap(([source, ofSource]) => {
    const width = Math.min(catalog.sources[source]?.parallelTables ?? 1, ofSource.length);
    return Array.from({ length: width }, (_, lane) =>
      ofSource.filter((__, place) => place % width === lane).map(({ index }) => index),
    );
  });
}
