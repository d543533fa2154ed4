import type { Tenant, TenantStore } from '../../core/tenants/tenant.ts';
import { defined } from './defined.ts';
import { type Fields, json } from './entity-codec.ts';
import type { EntityKey } from './entity-key.ts';
import type { EntityReader } from './entity-reader.ts';
import type { EntityTable } from './entity-table.ts';

/** One partition, row tenant id: the list is by id. */
export function createTenantStore(table: EntityTable): TenantStore {
  return {
    insert: (tenant) => table.insert(keyOf(tenant.id), toFields(tenant)),
    async find(tenantId) {
      const entity = await table.find(keyOf(tenantId));
      return entity && { value: fromEntity(entity), etag: entity.etag };
    },
    async update(tenant, etag) {
      await table.replace(keyOf(tenant.id), toFields(tenant), etag);
    },
    async list(page) {
      const { items, ...rest } = await table.page({ partition: 'tenant' }, page);
      return { items: items.map(fromEntity), ...rest };
    },
  };
}

function keyOf(tenantId: string): EntityKey {
  return { partition: 'tenant', row: tenantId };
}

function toFields({ id, issuers, ...plain }: Tenant): Fields {
  return { ...plain, issuers: json(issuers) };
}

function fromEntity(entity: EntityReader): Tenant {
  return defined({
    id: entity.key.row,
    name: entity.text('name'),
    region: entity.text('region'),
    sourceId: entity.text('sourceId'),
    contact: entity.textOr('contact'),
    createdAt: entity.date('createdAt'),
    wrappedDataKey: entity.text('wrappedDataKey'),
    issuers: entity.jsonOr<Tenant['issuers']>('issuers'),
  });
}
