import { odata } from '@azure/data-tables';
import type { PartPlace, PartStore } from '../../core/exports/stores.ts';
import type { PartRecord } from '../../core/exports/table-record.ts';
import type { Fields } from './entity-codec.ts';
import type { EntityKey } from './entity-key.ts';
import type { EntityReader } from './entity-reader.ts';
import type { EntityTable } from './entity-table.ts';
import { indexKey } from './index-key.ts';

/** Partition export, row table index and part index. */
export function createPartStore(table: EntityTable): PartStore {
  return {
    put: (record) => table.put(keyOf(record), toFields(record)),
    async find(place) {
      const entity = await table.find(keyOf(place));
      return entity && fromEntity(entity);
    },
    async list(exportId, tableIndex) {
      const filters = tableIndex === undefined ? [] : [ofTable(tableIndex)];
      return (await table.all({ partition: exportId, filters })).map(fromEntity);
    },
    removeAll: (exportId) => table.removeAll({ partition: exportId }),
    async remove(record) {
      await table.remove(keyOf(record));
    },
  };
}

function keyOf(record: PartPlace): EntityKey {
  const row = `${indexKey(record.tableIndex)}-${indexKey(record.partIndex)}`;
  return { partition: record.exportId, row };
}

/** A full stop is the character after the hyphen. */
function ofTable(tableIndex: number): string {
  const index = indexKey(tableIndex);
  return odata`RowKey ge ${`${index}-`} and RowKey lt ${`${index}.`}`;
}

function toFields({ exportId, tableIndex, partIndex, ...plain }: PartRecord): Fields {
  return { ...plain };
}

function fromEntity(entity: EntityReader): PartRecord {
  const [tableIndex, partIndex] = entity.key.row.split('-');
  return {
    exportId: entity.key.partition,
    tableIndex: Number(tableIndex),
    partIndex: Number(partIndex),
    name: entity.text('name'),
    rows: entity.whole('rows'),
    bytes: entity.whole('bytes'),
    uncompressedBytes: entity.whole('uncompressedBytes'),
    sha256: entity.text('sha256'),
  };
}
