import type { SecretStore } from '../../../lib/core/secrets.ts';
import type { Tenant, TenantStore } from '../../../lib/core/tenants/tenant.ts';

/** Tenants in a Map; `reads` counts the look-ups. */
export function memoryTenants(tenants: readonly Tenant[]) {
  const rows = new Map(tenants.map((tenant) => [tenant.id, tenant]));
  const counter = { reads: 0 };
  const store: TenantStore = {
    async insert(tenant) {
      if (rows.has(tenant.id)) return false;
      rows.set(tenant.id, tenant);
      return true;
    },
    async find(tenantId) {
      counter.reads++;
      const value = rows.get(tenantId);
      return value === undefined ? undefined : { value, etag: '1' };
    },
    async claimSourceId(claim) {
      return { value: claim, etag: '1' };
    },
    async replaceSourceClaim() {},
    async update(tenant) {
      rows.set(tenant.id, tenant);
    },
    async list() {
      return { items: [...rows.values()] };
    },
  };
  return { store, rows, counter };
}

/** Secrets from an object; what is not there throws. */
export function memorySecrets(values: Readonly<Record<string, string>>): SecretStore {
  return {
    async get(name) {
      const value = values[name];
      if (value === undefined) throw new Error(`No secret ${name} in this test.`);
      return value;
    },
  };
}

export function tenantOf(id: string, wrappedDataKey = ''): Tenant {
  return {
    id,
    name: `Tenant ${id}`,
    region: 'westeurope',
    sourceId: id,
    createdAt: new Date('2026-03-01T10:00:00.000Z'),
    wrappedDataKey,
  };
}
