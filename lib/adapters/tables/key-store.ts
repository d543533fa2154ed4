import type { KeyRecord, KeyStore } from '../../core/keys/key-record.ts';
import { defined } from './defined.ts';
import { type Fields, json } from './entity-codec.ts';
import type { EntityKey } from './entity-key.ts';
import type { EntityReader } from './entity-reader.ts';
import type { EntityTable } from './entity-table.ts';

/** Partition the first two characters of the key id, so that look-ups spread; row key id. */
export function createKeyStore(table: EntityTable): KeyStore {
  return {
    insert: (record) => table.insert(keyOf(record.id), toFields(record)),
    async find(keyId) {
      const entity = await table.find(keyOf(keyId));
      return entity && fromEntity(entity);
    },
    async flagExposed(keyId, at) {
      await table.merge(keyOf(keyId), { exposedAt: at });
    },
  };
}

function keyOf(keyId: string): EntityKey {
  return { partition: keyId.slice(0, 2), row: keyId };
}

function toFields({ id, scopes, ...plain }: KeyRecord): Fields {
  return { ...plain, scopes: json(scopes) };
}

function fromEntity(entity: EntityReader): KeyRecord {
  return defined({
    id: entity.key.row,
    tenantId: entity.text('tenantId'),
    name: entity.text('name'),
    secretHash: entity.text('secretHash'),
    scopes: entity.json<KeyRecord['scopes']>('scopes'),
    createdBy: entity.text('createdBy'),
    createdAt: entity.date('createdAt'),
    expiresAt: entity.date('expiresAt'),
    revokedAt: entity.dateOr('revokedAt'),
  });
}
