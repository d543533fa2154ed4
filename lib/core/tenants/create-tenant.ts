import type { Clock } from '../clock.ts';
import { SluiceError } from '../errors.ts';
import { randomId } from '../ids.ts';
import { newDataKey, wrapDataKey } from '../sealing/data-key.ts';
import { type SecretStore, secretNames } from '../secrets.ts';
import { claimSourceId, requireSharing } from './claim-source-id.ts';
import type { Tenant, TenantStore } from './tenant.ts';

export interface CreateTenantDeps {
  readonly tenants: TenantStore;
  readonly secrets: SecretStore;
  readonly clock: Clock;
  /** The region of this stamp; every tenant here belongs to it. */
  readonly region: string;
}

export interface TenantWish {
  /** Absent: one is made. */
  readonly id?: string;
  readonly name: string;
  /** Absent: the same as the id. */
  readonly sourceId?: string;
  /** The tenant that reads the same rows, if that is meant. */
  readonly sharesSourceIdWith?: string;
  readonly contact?: string;
}

/**
 * Adds a tenant with a data key of its own. Throws `already_exists` when the id is taken, or the sourceId
 * by a tenant that the wish does not name.
 */
export async function createTenant(deps: CreateTenantDeps, wish: TenantWish): Promise<Tenant> {
  const id = wish.id ?? randomId(12);
  const masterKey = await deps.secrets.get(secretNames.masterKey);
  const tenant: Tenant = {
    id,
    name: wish.name,
    region: deps.region,
    sourceId: wish.sourceId ?? id,
    ...(wish.contact === undefined ? {} : { contact: wish.contact }),
    createdAt: deps.clock(),
    wrappedDataKey: wrapDataKey(masterKey, id, newDataKey()),
  };
  if ((await deps.tenants.find(id)) !== undefined) throw idTaken();
  await ownRows(deps, tenant, wish.sharesSourceIdWith);
  if (await deps.tenants.insert(tenant)) return tenant;
  throw idTaken();
}

async function ownRows({ tenants }: CreateTenantDeps, tenant: Tenant, sharesWith?: string) {
  const { id: tenantId, sourceId, createdAt: claimedAt } = tenant;
  if (sharesWith !== undefined) return await requireSharing(tenants, tenant, sharesWith);
  return await claimSourceId(tenants, { sourceId, tenantId, claimedAt });
}

function idTaken(): SluiceError {
  return new SluiceError('already_exists', {
    message: 'There is a tenant with this id already. Choose another id.',
  });
}
