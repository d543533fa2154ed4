import type { IssuerRules } from '../identity/issuer.ts';
import type { Page, PageRequest } from '../page.ts';
import type { Stored } from '../stored.ts';

/** A customer of the vendor. */
export interface Tenant {
  /** `[a-z0-9][a-z0-9-]{0,39}`. */
  readonly id: string;
  readonly name: string;
  readonly region: string;
  /** The tenant's id in the vendor's own tables, or the name of its schema. */
  readonly sourceId: string;
  readonly contact?: string;
  readonly createdAt: Date;
  /** The tenant's data key, wrapped by the master key that it names; deleting the row shreds it. */
  readonly wrappedDataKey: string;
  /** The tenant's own identity providers; their tokens speak for this tenant alone. */
  readonly issuers?: readonly IssuerRules[];
}

/** Whose rows a `sourceId` stands for; of two tenants that ask at once, one is first. */
export interface SourceClaim {
  readonly sourceId: string;
  readonly tenantId: string;
  readonly claimedAt: Date;
}

export interface TenantStore {
  /** False when the id is taken. */
  insert(tenant: Tenant): Promise<boolean>;
  find(tenantId: string): Promise<Stored<Tenant> | undefined>;
  /** Writes the claim unless there is one for its sourceId; answers the one that stands. */
  claimSourceId(claim: SourceClaim): Promise<Stored<SourceClaim>>;
  /** Throws `changed_meanwhile` when the claim has another etag. */
  replaceSourceClaim(claim: SourceClaim, etag: string): Promise<void>;
  /** Throws `changed_meanwhile` when the row has another etag. */
  update(tenant: Tenant, etag: string): Promise<void>;
  /** By id. */
  list(page: PageRequest): Promise<Page<Tenant>>;
}
