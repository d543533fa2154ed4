import type { Labels, Scope } from '../principal.ts';

/** What somebody may see of a tenant. */
export interface Sight {
  readonly scopes: readonly Scope[];
  /** Absent: everything of the tenant that the scopes open. */
  readonly labels?: Labels;
}

/** For whom something is looked up: the tenant, and what of it may be seen. */
export interface Caller extends Sight {
  readonly tenantId: string;
}
