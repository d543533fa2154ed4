import { asSluiceError, SluiceError } from '../errors.ts';
import { limits } from '../limits.ts';
import type { Stored } from '../stored.ts';

/** When a tenant's people last made us call their endpoints: one row for each tenant. */
export interface CallBudgetStore {
  find(tenantId: string): Promise<Stored<readonly Date[]> | undefined>;
  /** False when there is a row already. */
  insert(tenantId: string, times: readonly Date[]): Promise<boolean>;
  /** Throws `changed_meanwhile` when the row has another etag. */
  update(tenantId: string, times: readonly Date[], etag: string): Promise<void>;
}

const hourMs = 3_600_000;
const triesMax = 5;

/**
 * Takes one of the tenant's `limits.webhookCallsPerHour` for a call that a person asks for: a
 * challenge, a test, a redelivery. Nobody can so make us knock at a stranger's door again and again.
 * Throws `too_many_requests` with the time to wait.
 */
export async function takeCall(store: CallBudgetStore, tenantId: string, now: Date): Promise<void> {
  for (let tries = 0; tries < triesMax; tries++) {
    const stored = await store.find(tenantId);
    const times = withCall(stored?.value ?? [], now);
    if (await write(store, tenantId, times, stored?.etag)) return;
  }
  throw tooMany(1);
}

function withCall(times: readonly Date[], now: Date): readonly Date[] {
  const recent = times.filter((time) => now.getTime() - time.getTime() < hourMs);
  const [oldest] = recent;
  if (oldest === undefined || recent.length < limits.webhookCallsPerHour) return [...recent, now];
  throw tooMany((oldest.getTime() + hourMs - now.getTime()) / 1000);
}

/** False when somebody else wrote at the same moment. */
async function write(
  store: CallBudgetStore,
  tenantId: string,
  times: readonly Date[],
  etag: string | undefined,
): Promise<boolean> {
  if (etag === undefined) return store.insert(tenantId, times);
  try {
    await store.update(tenantId, times, etag);
    return true;
  } catch (error) {
    if (asSluiceError(error).code !== 'changed_meanwhile') throw error;
    return false;
  }
}

function tooMany(seconds: number): SluiceError {
  const retryAfterSeconds = Math.max(1, Math.ceil(seconds));
  return new SluiceError('too_many_requests', {
    message: `A tenant may make, change, test, verify and redeliver webhooks ${limits.webhookCallsPerHour} times an hour. Try again in ${retryAfterSeconds} seconds.`,
    retryAfterSeconds,
  });
}
