import { odata } from '@azure/data-tables';
import type {
  Deletion,
  ExportRecord,
  ExportRequest,
  Fetched,
} from '../../core/exports/export-record.ts';
import type { ExportFilter, ExportStore } from '../../core/exports/stores.ts';
import { reverseTicks } from '../../core/ids.ts';
import { defined } from './defined.ts';
import { type Fields, json } from './entity-codec.ts';
import type { EntityReader } from './entity-reader.ts';
import type { EntityTable } from './entity-table.ts';
import { exposureFilter } from './exposure-filter.ts';

/** Sorts after every character of an id. */
const afterAll = '~';

/** Partition tenant, row export id: the ids sort newest first, and so does the list. */
export function createExportStore(table: EntityTable): ExportStore {
  return {
    insert: (record) => table.insert(keyOf(record.tenantId, record.id), toFields(record)),
    async find(tenantId, exportId) {
      const entity = await table.find(keyOf(tenantId, exportId));
      return entity && { value: fromEntity(entity), etag: entity.etag };
    },
    async update(record, etag) {
      await table.replace(keyOf(record.tenantId, record.id), toFields(record), etag);
    },
    async list(tenantId, filter, page, isSeen) {
      const query = { partition: tenantId, filters: conditionsOf(filter) };
      const keep = (entity: EntityReader) => isSeen?.(fromEntity(entity)) ?? true;
      const { items, ...rest } = await table.page(
        isSeen === undefined ? query : { ...query, keep },
        page,
      );
      return { items: items.map(fromEntity), ...rest };
    },
  };
}

function keyOf(partition: string, row: string) {
  return { partition, row };
}

/** The time is a range of row keys, so only rows of that time are looked at. */
function conditionsOf({ status, from, to, exposures }: ExportFilter): readonly string[] {
  return [
    ...(status === undefined ? [] : [odata`status eq ${status}`]),
    ...(from === undefined ? [] : [odata`RowKey lt ${reverseTicks(from) + afterAll}`]),
    ...(to === undefined ? [] : [odata`RowKey gt ${reverseTicks(to) + afterAll}`]),
    ...exposureFilter(exposures),
  ];
}

function toFields(record: ExportRecord): Fields {
  const { tenantId, id, request, deletion, totals, manifest, fetched, error, ...plain } = record;
  return {
    ...plain,
    request: json(request),
    deletion: json(deletion),
    totals: json(totals),
    manifest: json(manifest),
    fetched: json(fetched),
    error: json(error),
  };
}

function fromEntity(entity: EntityReader): ExportRecord {
  return defined({
    tenantId: entity.key.partition,
    id: entity.key.row,
    status: entity.text<ExportRecord['status']>('status'),
    attempt: entity.whole('attempt'),
    request: entity.json<ExportRequest>('request'),
    exposure: entity.textOr('exposure'),
    requestedBy: entity.text('requestedBy'),
    requestedAt: entity.date('requestedAt'),
    retriedAt: entity.dateOr('retriedAt'),
    startedAt: entity.dateOr('startedAt'),
    completedAt: entity.dateOr('completedAt'),
    expiresAt: entity.dateOr('expiresAt'),
    filesExpireAt: entity.dateOr('filesExpireAt'),
    cancelRequestedAt: entity.dateOr('cancelRequestedAt'),
    closingAt: entity.dateOr('closingAt'),
    deletion: deletionOf(entity),
    totals: entity.jsonOr<NonNullable<ExportRecord['totals']>>('totals'),
    manifest: entity.jsonOr<NonNullable<ExportRecord['manifest']>>('manifest'),
    fetched: fetchedOf(entity),
    error: entity.jsonOr<NonNullable<ExportRecord['error']>>('error'),
  });
}

function deletionOf(entity: EntityReader): Deletion | undefined {
  const stored = entity.jsonOr<Omit<Deletion, 'at'> & { readonly at: string }>('deletion');
  return stored && { ...stored, at: new Date(stored.at) };
}

function fetchedOf(entity: EntityReader): Fetched | undefined {
  const stored = entity.jsonOr<Omit<Fetched, 'at'> & { readonly at: string }>('fetched');
  return stored && { ...stored, at: new Date(stored.at) };
}
