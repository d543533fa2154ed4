import { SluiceError } from '../errors.ts';
import type { Tenant, TenantStore } from './tenant.ts';

/** One of the vendor's deployments; it serves one region. */
export interface Stamp {
  readonly region: string;
  /** Its origin, for example `https://north.example.com`. */
  readonly url: string;
}

/** Which tenants this stamp serves: those of its own region (K4). */
export interface Residency {
  /** Throws `wrong_region`, which names the tenant's region, for a tenant of another one. */
  requireHere(tenant: Pick<Tenant, 'id' | 'region'>): void;
  /** False for a tenant of another region. A tenant that is gone is not elsewhere. */
  isHere(tenantId: string): Promise<boolean>;
  /** The refusal of a key that a known stamp in another region made; undefined for any other key. */
  refusalOfKey(environment: string): SluiceError | undefined;
}

export interface ResidencyDeps {
  readonly tenants: Pick<TenantStore, 'find'>;
  readonly region: string;
  /** By the environment that stands inside their keys; no two in one region. */
  readonly otherStamps: ReadonlyMap<string, Stamp>;
}

/** Tells what belongs here by the region of this stamp and the map of the vendor's others. */
export function createResidency({ tenants, region, otherStamps }: ResidencyDeps): Residency {
  return {
    requireHere(tenant) {
      if (tenant.region === region) return;
      const stamp = [...otherStamps.values()].find((other) => other.region === tenant.region);
      throw tenantElsewhere(tenant, stamp);
    },
    async isHere(tenantId) {
      const tenant = await tenants.find(tenantId);
      return tenant === undefined || tenant.value.region === region;
    },
    refusalOfKey(environment) {
      const stamp = otherStamps.get(environment);
      return stamp && keyElsewhere(environment, stamp);
    },
  };
}

function tenantElsewhere({ id, region }: Pick<Tenant, 'id' | 'region'>, stamp?: Stamp) {
  const address = stamp === undefined ? 'Ask your vendor for its address.' : `Use ${stamp.url}.`;
  return new SluiceError('wrong_region', {
    message: `This tenant belongs to the region ${region}. ${address}`,
    internal: `Refused: the tenant ${id} belongs to the region ${region}.`,
  });
}

function keyElsewhere(environment: string, { region, url }: Stamp): SluiceError {
  return new SluiceError('wrong_region', {
    message: `Keys like this one are served in the region ${region}. Use ${url}.`,
    internal: `Refused: the key belongs to the stamp ${environment} in ${region}.`,
  });
}
