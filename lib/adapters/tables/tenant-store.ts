import { createHash } from 'node:crypto';
import { SluiceError } from '../../core/errors.ts';
import type { SourceClaim, Tenant, TenantStore } from '../../core/tenants/tenant.ts';
import { defined } from './defined.ts';
import { type Fields, json } from './entity-codec.ts';
import type { EntityKey } from './entity-key.ts';
import type { EntityReader } from './entity-reader.ts';
import type { EntityTable } from './entity-table.ts';

/** One partition, row tenant id: the list is by id. A second one holds whose each sourceId is. */
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
    async claimSourceId(claim) {
      const key = claimKeyOf(claim.sourceId);
      await table.insert(key, { ...claim });
      const entity = await table.find(key);
      // Claims are replaced, never removed.
      if (entity === undefined)
        throw new SluiceError('storage_unavailable', { internal: 'No claim.' });
      return { value: toClaim(entity), etag: entity.etag };
    },
    async replaceSourceClaim(claim, etag) {
      await table.replace(claimKeyOf(claim.sourceId), { ...claim }, etag);
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

/** A sourceId may hold what no key may, and be longer. */
function claimKeyOf(sourceId: string): EntityKey {
  return { partition: 'sourceId', row: createHash('sha256').update(sourceId).digest('hex') };
}

function toClaim(entity: EntityReader): SourceClaim {
  return {
    sourceId: entity.text('sourceId'),
    tenantId: entity.text('tenantId'),
    claimedAt: entity.date('claimedAt'),
  };
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
