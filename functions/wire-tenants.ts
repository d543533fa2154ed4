import type { Config } from '../lib/config/config.ts';
import { SluiceError } from '../lib/core/errors.ts';
import { setTenantIssuers } from '../lib/core/identity/set-tenant-issuers.ts';
import { createTenantOnce } from '../lib/core/tenants/create-tenant-once.ts';
import type { Residency } from '../lib/core/tenants/residency.ts';
import type { Adapters } from './adapters.ts';
import type { TenantServices } from './services.ts';

/** What the operator does with tenants. */
export function createTenants(
  { region, signIn }: Config,
  { stores, secrets, issuers, clock }: Adapters,
  residency: Residency,
): TenantServices {
  return {
    create: (wish, idempotencyKey) =>
      createTenantOnce({ ...stores, secrets, clock, region }, wish, idempotencyKey),
    async get(tenantId) {
      const found = await stores.tenants.find(tenantId);
      if (found !== undefined) return found.value;
      throw new SluiceError('not_found', { message: 'There is no tenant with this id.' });
    },
    list: (page) => stores.tenants.list(page),
    setIssuers: (tenantId, wish) =>
      setTenantIssuers(
        { ...stores, issuers, residency, allowLoopback: signIn.allowLoopback },
        tenantId,
        wish,
      ),
  };
}
