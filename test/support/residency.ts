import { createResidency, type Residency, type Stamp } from '../../lib/core/tenants/residency.ts';
import type { TenantStore } from '../../lib/core/tenants/tenant.ts';

/** What a stamp in this region serves; it knows no other stamp unless some are named. */
export function stampIn(
  region: string,
  tenants: Pick<TenantStore, 'find'>,
  others: Readonly<Record<string, Stamp>> = {},
): Residency {
  return createResidency({ region, tenants, otherStamps: new Map(Object.entries(others)) });
}
