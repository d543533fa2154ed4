import type { FetchRecord, FetchStore } from '../../core/links/fetch-record.ts';
import { type Fields, json } from './entity-codec.ts';
import type { EntityKey } from './entity-key.ts';
import type { EntityReader } from './entity-reader.ts';
import type { EntityTable } from './entity-table.ts';

/** Partition export, one row. */
export function createFetchStore(table: EntityTable): FetchStore {
  return {
    insert: (record) => table.insert(keyOf(record.exportId), toFields(record)),
    async find(exportId) {
      const entity = await table.find(keyOf(exportId));
      return entity && { value: fromEntity(entity), etag: entity.etag };
    },
    async update(record, etag) {
      await table.replace(keyOf(record.exportId), toFields(record), etag);
    },
    async remove(exportId) {
      await table.remove(keyOf(exportId));
    },
  };
}

function keyOf(exportId: string): EntityKey {
  return { partition: exportId, row: 'fetched' };
}

function toFields({ tenantId, parts, at }: FetchRecord): Fields {
  return { tenantId, parts: json(parts), at };
}

function fromEntity(entity: EntityReader): FetchRecord {
  return {
    tenantId: entity.text('tenantId'),
    exportId: entity.key.partition,
    parts: entity.json<FetchRecord['parts']>('parts'),
    at: entity.date('at'),
  };
}
