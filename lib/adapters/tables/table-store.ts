import type { TableStore } from '../../core/exports/stores.ts';
import type { TableRecord } from '../../core/exports/table-record.ts';
import { defined } from './defined.ts';
import { type Fields, json } from './entity-codec.ts';
import type { EntityKey } from './entity-key.ts';
import type { EntityReader } from './entity-reader.ts';
import type { EntityTable } from './entity-table.ts';
import { inBatches } from './in-batches.ts';
import { indexKey } from './index-key.ts';

const insertsAtOnce = 8;

/** Partition export, row table index. */
export function createTableStore(table: EntityTable): TableStore {
  return {
    async insertMissing(exportId, records) {
      const rows = await table.all({ partition: exportId });
      const there = new Set(rows.map(({ key }) => key.row));
      const missing = records.filter(({ index }) => !there.has(indexKey(index)));
      await inBatches(missing, insertsAtOnce, (record) =>
        table.insert(keyOf(exportId, record.index), toFields(record)),
      );
    },
    async find(exportId, index) {
      const entity = await table.find(keyOf(exportId, index));
      return entity && { value: fromEntity(entity), etag: entity.etag };
    },
    async list(exportId) {
      const entities = await table.all({ partition: exportId });
      return entities.map((entity) => ({ value: fromEntity(entity), etag: entity.etag }));
    },
    async states(exportId) {
      const states = await table.all({ partition: exportId, select: stateProperties });
      return states.map(fromEntity);
    },
    removeAll: (exportId) => table.removeAll({ partition: exportId }),
    update: (record, etag) =>
      table.replace(keyOf(record.exportId, record.index), toFields(record), etag),
  };
}

function keyOf(exportId: string, index: number): EntityKey {
  return { partition: exportId, row: indexKey(index) };
}

/** Everything but the two lists of columns. A new field of the row has to be named here, or it does not build. */
const stateProperties = Object.keys({
  name: true,
  source: true,
  status: true,
  attempt: true,
  writer: true,
  countedRows: true,
  rows: true,
  bytes: true,
  parts: true,
  snapshotAt: true,
  startedAt: true,
  updatedAt: true,
  failure_0: true,
  runs: true,
  troubles: true,
  waitingSince: true,
} satisfies Record<StateProperty, true>);

type StateProperty = Exclude<keyof TableRecord, NotInStates> | 'failure_0';
type NotInStates = 'exportId' | 'index' | 'columns' | 'shape' | 'failure';

function toFields(record: TableRecord): Fields {
  const { exportId, index, columns, shape, failure, ...plain } = record;
  return { ...plain, columns: json(columns), shape: json(shape), failure: json(failure) };
}

function fromEntity(entity: EntityReader): TableRecord {
  return defined({
    exportId: entity.key.partition,
    index: Number(entity.key.row),
    name: entity.text('name'),
    source: entity.text('source'),
    columns: entity.jsonOr<NonNullable<TableRecord['columns']>>('columns'),
    status: entity.text<TableRecord['status']>('status'),
    attempt: entity.whole('attempt'),
    writer: entity.textOr('writer'),
    runs: entity.wholeOr('runs'),
    troubles: entity.wholeOr('troubles'),
    waitingSince: entity.dateOr('waitingSince'),
    countedRows: entity.wholeOr('countedRows'),
    rows: entity.whole('rows'),
    bytes: entity.whole('bytes'),
    parts: entity.wholeOr('parts'),
    snapshotAt: entity.dateOr('snapshotAt'),
    startedAt: entity.dateOr('startedAt'),
    updatedAt: entity.dateOr('updatedAt'),
    shape: entity.jsonOr<NonNullable<TableRecord['shape']>>('shape'),
    failure: entity.jsonOr<NonNullable<TableRecord['failure']>>('failure'),
  });
}
