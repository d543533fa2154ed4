import { randomUUID } from 'node:crypto';
import { type Catalog, findTable } from '../catalog/catalog.ts';
import type { Clock } from '../clock.ts';
import { SluiceError } from '../errors.ts';
import { changeExport } from './change-export.ts';
import type { ExportFiles } from './export-files.ts';
import type { ExportRecord } from './export-record.ts';
import type { ExportWork } from './starter.ts';
import type { DueStore, ExportStore, LanePlan, TableStore } from './stores.ts';
import { isSettled, type TableRecord } from './table-record.ts';

const triesMax = 5;

export interface PlanExportDeps {
  readonly catalog: Catalog;
  readonly exports: ExportStore;
  readonly tables: TableStore;
  readonly due: DueStore;
  readonly files: ExportFiles;
  readonly clock: Clock;
}

/** Asks for a plan of what is left to do. The same order always gives the same plan. */
export interface PlanOrder extends ExportWork {
  /** Tells one order from another; absent: an order of its own. */
  readonly orderedAt?: string;
}

/** Table indexes only, so that the orchestration's history holds no names. */
export interface ExportPlan {
  /** `run` the lanes; `close` when nothing is to be read any more; `nothing` when it has ended already. */
  readonly next: 'run' | 'close' | 'nothing';
  /** Counts the plans of this attempt, from 1. */
  readonly run: number;
  /** Each lane takes its tables one after another. */
  readonly lanes: readonly (readonly number[])[];
}

/**
 * Moves the export to `processing`, makes its container and rows, and packs the tables that are not
 * settled in this attempt into lanes. The plan is kept with the mark of the attempt, where the watchdog
 * finds it.
 */
export async function planExport(deps: PlanExportDeps, order: PlanOrder): Promise<ExportPlan> {
  const record = await begin(deps, order);
  if (record.status !== 'processing' || record.attempt !== order.attempt)
    return unplanned('nothing');
  if (record.cancelRequestedAt !== undefined || record.closingAt !== undefined) {
    return unplanned('close');
  }
  await deps.files.create(record.id);
  await deps.tables.insertMissing(record.id, newTables(record, deps.catalog));
  const { run, lanes } = await keepPlan(deps, order, record);
  return { next: 'run', run, lanes };
}

function unplanned(next: 'close' | 'nothing'): ExportPlan {
  return { next, run: 0, lanes: [] };
}

/** Two runs of one order at once: whoever writes second finds the first one's plan and takes it. */
async function keepPlan(
  deps: PlanExportDeps,
  order: PlanOrder,
  record: ExportRecord,
): Promise<LanePlan> {
  const { tenantId, exportId, attempt, orderedAt = randomUUID() } = order;
  const at = record.retriedAt ?? record.requestedAt;
  for (let tries = 1; ; tries++) {
    await deps.due.markRunning({ tenantId, exportId, attempt, at });
    const mark = await deps.due.findRunning(order);
    if (mark?.value.plan?.orderedAt === orderedAt) return mark.value.plan;
    const plan = await newPlan(deps, record, { orderedAt, run: (mark?.value.plan?.run ?? 0) + 1 });
    if (mark !== undefined && (await deps.due.planRunning({ ...mark.value, plan }, mark.etag))) {
      return plan;
    }
    if (tries === triesMax) throw new SluiceError('changed_meanwhile');
  }
}

async function newPlan(
  { tables, catalog, clock }: PlanExportDeps,
  { id, attempt }: ExportRecord,
  facts: Pick<LanePlan, 'orderedAt' | 'run'>,
): Promise<LanePlan> {
  const rows = (await tables.list(id)).map(({ value }) => value);
  const open = rows.filter((table) => !isSettled(table, attempt));
  return { ...facts, plannedAt: clock().toISOString(), lanes: packLanes(open, catalog) };
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
