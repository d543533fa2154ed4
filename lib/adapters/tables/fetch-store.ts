import { reverseTicks } from '../../core/ids.ts';
import type { FetchRecord, FetchStore } from '../../core/links/fetch-record.ts';
import { type Fields, json } from './entity-codec.ts';
import type { EntityKey } from './entity-key.ts';
import type { EntityReader } from './entity-reader.ts';
import type { EntityTable } from './entity-table.ts';

/** Partition export, row reverse time and id: newest first. */
export function createFetchStore(table: EntityTable): FetchStore {
  return {
    insert: (record) => table.put(keyOf(record), toFields(record)),
    async list(exportId) {
      return (await table.all({ partition: exportId })).map(fromEntity);
    },
  };
}

function keyOf({ exportId, id, fetchedAt }: FetchRecord): EntityKey {
  return { partition: exportId, row: `${reverseTicks(fetchedAt)}-${id}` };
}

function toFields({ exportId, id, files, ...plain }: FetchRecord): Fields {
  return { ...plain, fetchId: id, files: json(files) };
}

function fromEntity(entity: EntityReader): FetchRecord {
  return {
    tenantId: entity.text('tenantId'),
    exportId: entity.key.partition,
    id: entity.text('fetchId'),
    files: entity.json<FetchRecord['files']>('files'),
    fetchedBy: entity.text('fetchedBy'),
    fetchedAt: entity.date('fetchedAt'),
  };
}
