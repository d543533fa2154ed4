import type { Labels } from '../principal.ts';

/** For whom something is looked up: the tenant, and what of it may be seen. */
export interface Caller {
  readonly tenantId: string;
  /** Absent: everything of the tenant. */
  readonly labels?: Labels;
}
