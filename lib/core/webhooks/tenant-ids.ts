import type { TenantStore } from '../tenants/tenant.ts';

const tenantsAtOnce = 200;

/** The id of every tenant, read page by page. */
export async function* tenantIds(tenants: Pick<TenantStore, 'list'>): AsyncGenerator<string> {
  let cursor: string | undefined;
  // Each page begins where the one before ended, so this ends with the tenants.
  do {
    const request = { limit: tenantsAtOnce, ...(cursor === undefined ? {} : { cursor }) };
    const page = await tenants.list(request);
    for (const { id } of page.items) yield id;
    cursor = page.nextCursor;
  } while (cursor !== undefined);
}
