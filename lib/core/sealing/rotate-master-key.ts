import { asSluiceError } from '../errors.ts';
import type { Log } from '../log.ts';
import { type SecretStore, secretNames } from '../secrets.ts';
import type { Tenant, TenantStore } from '../tenants/tenant.ts';
import { isWrappedBy, masterKeyId, openDataKey, wrapDataKey } from './data-key.ts';

export interface RotateMasterKeyDeps {
  readonly tenants: TenantStore;
  readonly secrets: SecretStore;
  readonly log: Log;
}

export interface RotationCount {
  /** Names the current master key. */
  readonly masterKeyId: string;
  readonly tenants: number;
  readonly rewrapped: number;
  /** Tenants whose data key could not be wrapped anew; the log says why. */
  readonly failed: number;
}

const pageTenants = 200;
const triesMax = 5;

/**
 * Wraps every tenant's data key with the current master key; nothing that is sealed changes. It may be
 * stopped at any moment and run again, and then does what is left; `onPage` hears the count so far.
 */
export async function rotateMasterKey(
  deps: RotateMasterKeyDeps,
  onPage: (soFar: RotationCount) => void,
): Promise<RotationCount> {
  const masterKey = await deps.secrets.get(secretNames.masterKey);
  let count = { masterKeyId: masterKeyId(masterKey), tenants: 0, rewrapped: 0, failed: 0 };
  let cursor: string | undefined;
  // Each page begins where the one before ended, so this ends with the list.
  do {
    const page = await deps.tenants.list({
      limit: pageTenants,
      ...(cursor === undefined ? {} : { cursor }),
    });
    for (const tenant of page.items) count = add(count, await tryTenant(deps, masterKey, tenant));
    onPage(count);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return count;
}

type Outcome = 'kept' | 'rewrapped' | 'failed';

function add(count: RotationCount, outcome: Outcome): RotationCount {
  return {
    ...count,
    tenants: count.tenants + 1,
    rewrapped: count.rewrapped + Number(outcome === 'rewrapped'),
    failed: count.failed + Number(outcome === 'failed'),
  };
}

/** One tenant that cannot be done does not hold up the others. */
async function tryTenant(
  deps: RotateMasterKeyDeps,
  masterKey: string,
  { id, wrappedDataKey }: Tenant,
): Promise<Outcome> {
  if (isWrappedBy(masterKey, wrappedDataKey)) return 'kept';
  try {
    return await rewrap(deps, masterKey, id);
  } catch (error) {
    deps.log.error('data key could not be wrapped anew', error, { tenantId: id });
    return 'failed';
  }
}

async function rewrap(
  { tenants, secrets }: RotateMasterKeyDeps,
  masterKey: string,
  tenantId: string,
): Promise<Outcome> {
  for (let tries = 1; ; tries++) {
    const found = await tenants.find(tenantId);
    // Deleted meanwhile, or done by another run.
    if (found === undefined || isWrappedBy(masterKey, found.value.wrappedDataKey)) return 'kept';
    const dataKey = await openDataKey(secrets, tenantId, found.value.wrappedDataKey);
    const wrappedDataKey = wrapDataKey(masterKey, tenantId, dataKey);
    try {
      await tenants.update({ ...found.value, wrappedDataKey }, found.etag);
      return 'rewrapped';
    } catch (error) {
      if (asSluiceError(error).code !== 'changed_meanwhile' || tries === triesMax) throw error;
    }
  }
}
