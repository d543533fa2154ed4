import { operatorChain } from '../audit/audit-event.ts';
import { asSluiceError } from '../errors.ts';
import { type CreateOnceDeps, createOnce } from '../idempotency/create-once.ts';
import { randomId } from '../ids.ts';
import { type CreateTenantDeps, createTenant, type TenantWish } from './create-tenant.ts';
import type { Tenant } from './tenant.ts';

export interface CreatedTenant {
  readonly tenant: Tenant;
  /** True when an earlier request with the same Idempotency-Key made it. */
  readonly isReplay: boolean;
}

/**
 * Adds a tenant, once for an Idempotency-Key: its answer holds no secret, so a repetition gets the same
 * one. A wish that names an id needs no such key, because there is one tenant of an id at most. Throws
 * like `createTenant`, and `idempotency_key_reused`.
 */
export async function createTenantOnce(
  deps: CreateTenantDeps & CreateOnceDeps,
  wish: TenantWish,
  idempotencyKey: string | undefined,
): Promise<CreatedTenant> {
  if (wish.id !== undefined) return { tenant: await createTenant(deps, wish), isReplay: false };
  // The operator's requests belong to no tenant; no tenant's id is like the name of its chain.
  const order = { tenantId: operatorChain, requestedBy: 'operator', kind: 'tenant' } as const;
  let refusal: unknown;
  try {
    const tenant = await createOnce(
      deps,
      { ...order, idempotencyKey, request: wish },
      {
        newId: () => randomId(12),
        exists: async (id) => (await deps.tenants.find(id)) !== undefined,
        make: (id) =>
          createTenant(deps, { ...wish, id }).catch((error: unknown) => {
            refusal = error;
            throw error;
          }),
      },
    );
    return { tenant, isReplay: false };
  } catch (error) {
    const { code, createdId } = asSluiceError(error);
    const found = createdId === undefined ? undefined : await deps.tenants.find(createdId);
    if (code === 'already_created' && found !== undefined) {
      return { tenant: found.value, isReplay: true };
    }
    // Its sourceId may be somebody else's, which is no repetition.
    throw refusal ?? error;
  }
}
