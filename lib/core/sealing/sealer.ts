import type { Clock } from '../clock.ts';
import { SluiceError } from '../errors.ts';
import type { SecretStore } from '../secrets.ts';
import type { TenantStore } from '../tenants/tenant.ts';
import { openDataKey } from './data-key.ts';
import { open, seal } from './seal.ts';

/** Keeps a tenant's secrets readable for that tenant's record and field alone. */
export interface Sealer {
  sealFor(tenantId: string, recordId: string, field: string, text: string): Promise<string>;
  /** Throws `internal_error` when the text was changed or was sealed for another place. */
  openFor(tenantId: string, recordId: string, field: string, sealed: string): Promise<string>;
}

export interface SealerDeps {
  readonly secrets: SecretStore;
  readonly tenants: TenantStore;
  readonly clock?: Clock;
}

/** A deleted tenant's key is gone from memory too after this time. */
const keptMs = 5 * 60_000;
const keptKeysMax = 500;

/** Unwraps each tenant's data key when it is needed and keeps it for at most five minutes. */
export function createSealer(deps: SealerDeps): Sealer {
  const dataKeyOf = cachedDataKeys(deps);
  return {
    async sealFor(tenantId, recordId, field, text) {
      return seal(await dataKeyOf(tenantId), text, { tenantId, recordId, field });
    },
    async openFor(tenantId, recordId, field, sealed) {
      return open(await dataKeyOf(tenantId), sealed, { tenantId, recordId, field });
    },
  };
}

function cachedDataKeys(deps: SealerDeps): (tenantId: string) => Promise<Uint8Array> {
  const clock = deps.clock ?? (() => new Date());
  const kept = new Map<string, { readonly dataKey: Uint8Array; readonly untilMs: number }>();
  return async (tenantId) => {
    const nowMs = clock().getTime();
    const found = kept.get(tenantId);
    if (found !== undefined && nowMs < found.untilMs) return found.dataKey;
    kept.delete(tenantId);
    const dataKey = await readDataKey(deps, tenantId);
    makeRoom(kept);
    kept.set(tenantId, { dataKey, untilMs: nowMs + keptMs });
    return dataKey;
  };
}

async function readDataKey({ secrets, tenants }: SealerDeps, tenantId: string) {
  const tenant = await tenants.find(tenantId);
  if (tenant === undefined) {
    throw new SluiceError('internal_error', {
      internal: `The tenant ${tenantId} is gone, and its data key with it.`,
    });
  }
  return openDataKey(secrets, tenantId, tenant.value.wrappedDataKey);
}

/** A Map keeps the order of insertion: the first one is the oldest. */
function makeRoom(kept: Map<string, unknown>): void {
  const [oldest] = kept.keys();
  if (kept.size >= keptKeysMax && oldest !== undefined) kept.delete(oldest);
}
