import { type Catalog, findTable } from '../catalog/catalog.ts';
import { type Mistake, SluiceError } from '../errors.ts';
import type { Compression, ExportRequest, RequestedTable, TableRequest } from './export-record.ts';

/** What a caller may ask for; everything has a default. */
export interface ExportWish {
  readonly tables: 'all' | readonly TableRequest[];
  readonly compression?: Compression;
}

/**
 * Fills in the defaults and checks every name against the catalog. Throws `unknown_table` with each
 * mistake and its place; columns are checked against the source when the table is read.
 */
export function resolveRequest(wish: ExportWish, catalog: Catalog): ExportRequest {
  const tables = wish.tables === 'all' ? allTables(catalog) : wish.tables;
  const mistakes = tables.flatMap((table, index) => mistakesOf(table, index, tables, catalog));
  if (mistakes.length > 0) throw unknownTables(mistakes);
  if (tables.length === 0) throw nothingToExport();
  return {
    tables: tables.map((table) => admitted(table, catalog)),
    format: 'csv',
    compression: wish.compression ?? 'gzip',
    dialect: 'data',
    packaging: 'files',
    consistency: 'table',
  };
}

function allTables(catalog: Catalog): readonly TableRequest[] {
  return catalog.tables.map(({ name }) => ({ name }));
}

function admitted(table: TableRequest, catalog: Catalog): RequestedTable {
  const scope = findTable(catalog, table.name)?.scope;
  return scope === undefined ? table : { ...table, scope };
}

function mistakesOf(
  table: TableRequest,
  index: number,
  all: readonly TableRequest[],
  catalog: Catalog,
): Mistake[] {
  const pointer = `/tables/${index}/name`;
  if (findTable(catalog, table.name) === undefined) {
    return [{ pointer, message: `There is no table ${JSON.stringify(table.name)}.` }];
  }
  if (all.findIndex(({ name }) => name === table.name) < index) {
    return [{ pointer, message: `The table ${JSON.stringify(table.name)} is named twice.` }];
  }
  return [];
}

function nothingToExport(): SluiceError {
  return new SluiceError('unknown_table', {
    message: 'There is no table that this credential may export. GET /api/v1/tables lists them.',
  });
}

function unknownTables(mistakes: readonly Mistake[]): SluiceError {
  return new SluiceError('unknown_table', {
    message: 'Ask only for tables that GET /api/v1/tables lists, each once.',
    mistakes,
  });
}
