import { odata } from '@azure/data-tables';
import { reverseTicks } from '../../core/ids.ts';
import type { LinkRecord, LinkStore } from '../../core/links/link-record.ts';
import { defined } from './defined.ts';
import type { Fields } from './entity-codec.ts';
import type { EntityKey } from './entity-key.ts';
import type { EntityReader } from './entity-reader.ts';
import type { EntityTable } from './entity-table.ts';
import { packed, unpackedOr } from './packed-texts.ts';

/** Partition export, row reverse time and link id: newest first whatever the id looks like. */
export function createLinkStore(table: EntityTable): LinkStore {
  return {
    insert: (record) => table.put(keyOf(record), toFields(record)),
    removeAll: (exportId) => table.removeAll({ partition: exportId }),
    async list(exportId, page, linkId) {
      const filters = linkId === undefined ? [] : [odata`linkId eq ${linkId}`];
      const { items, ...rest } = await table.page({ partition: exportId, filters }, page);
      return { items: items.map(fromEntity), ...rest };
    },
  };
}

function keyOf({ exportId, id, createdAt }: LinkRecord): EntityKey {
  return { partition: exportId, row: `${reverseTicks(createdAt)}-${id}` };
}

function toFields({ exportId, id, names, ...plain }: LinkRecord): Fields {
  return { ...plain, linkId: id, names: packed(names) };
}

function fromEntity(entity: EntityReader): LinkRecord {
  return defined({
    tenantId: entity.text('tenantId'),
    exportId: entity.key.partition,
    id: entity.text('linkId'),
    kind: entity.text<LinkRecord['kind']>('kind'),
    fileCount: entity.whole('fileCount'),
    names: unpackedOr<readonly string[]>(entity, 'names'),
    createdBy: entity.text('createdBy'),
    createdAt: entity.date('createdAt'),
    expiresAt: entity.date('expiresAt'),
    callerAddress: entity.textOr('callerAddress'),
    ip: entity.textOr('ip'),
  });
}
