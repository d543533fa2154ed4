import { setTimeout as delay } from 'node:timers/promises';
import type { Catalog } from '../catalog/catalog.ts';
import { findTable } from '../catalog/catalog.ts';
import type { DescribeTables, TableView } from '../catalog/describe-tables.ts';
import { type Mistake, SluiceError } from '../errors.ts';
import type { TenantStore } from '../tenants/tenant.ts';
import type { ExportRequest, TableRequest } from './export-record.ts';

export interface RequireColumnsDeps {
  readonly catalog: Catalog;
  readonly tenants: Pick<TenantStore, 'find'>;
  readonly describeTables: DescribeTables;
}

/** Whoever starts an export should not wait longer for a source that is slow to describe itself. */
const patienceMs = 5_000;

/**
 * Throws `unknown_column` with each named column that the source does not have, before anything is
 * stored. What the source does not tell now is left to the reading, which looks again in any case.
 */
export async function requireColumns(
  deps: RequireColumnsDeps,
  tenantId: string,
  { tables }: Pick<ExportRequest, 'tables'>,
): Promise<void> {
  if (tables.every(({ columns }) => columns === undefined)) return;
  const views = await viewsOf(deps, tenantId, tables);
  const mistakes = tables.flatMap((table, index) => mistakesOf(table, index, views));
  if (mistakes.length === 0) return;
  throw new SluiceError('unknown_column', {
    message: 'Ask only for columns that GET /api/v1/tables lists, or leave `columns` out.',
    mistakes,
  });
}

async function viewsOf(
  { catalog, tenants, describeTables }: RequireColumnsDeps,
  tenantId: string,
  tables: readonly TableRequest[],
): Promise<ReadonlyMap<string, TableView>> {
  const sourceId = (await tenants.find(tenantId))?.value.sourceId;
  if (sourceId === undefined) return new Map();
  const asked = tables.flatMap(({ name, columns }) =>
    columns === undefined ? [] : (findTable(catalog, name) ?? []),
  );
  const views = await Promise.race([
    describeTables(sourceId, asked),
    delay(patienceMs, [], { ref: false }),
  ]);
  return new Map(views.map((view) => [view.table.name, view]));
}

function mistakesOf(
  { name, columns = [] }: TableRequest,
  index: number,
  views: ReadonlyMap<string, TableView>,
): readonly Mistake[] {
  const known = views.get(name)?.columns;
  if (known === undefined) return [];
  const names = new Set(known.map((column) => column.name));
  return columns.flatMap((column, place) =>
    names.has(column) ? [] : [unknownColumn(name, column, `/tables/${index}/columns/${place}`)],
  );
}

function unknownColumn(table: string, column: string, pointer: string): Mistake {
  const message = `The table ${JSON.stringify(table)} has no column ${JSON.stringify(column)}.`;
  return { pointer, message };
}
