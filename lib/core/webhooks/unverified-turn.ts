import { changeStored } from './change-stored.ts';
import type { Delivery } from './delivery.ts';
import type { Endpoint, EndpointStore } from './endpoint.ts';

const hourMs = 3_600_000;
const patienceMs = 24 * hourMs;

/**
 * Takes the one attempt an hour that an endpoint without its receiver's consent has for all of its
 * deliveries together. Returns 0 when it is taken, else the milliseconds until the next one.
 */
export async function takeHour(
  endpoints: Pick<EndpointStore, 'find' | 'update'>,
  { tenantId, id }: Endpoint,
  now: Date,
): Promise<number> {
  const stored = await endpoints.find(tenantId, id);
  if (stored === undefined) return 0;
  let waitMs = 0;
  const row = {
    find: () => endpoints.find(tenantId, id),
    update: (value: Endpoint, etag: string) => endpoints.update(value, etag),
  };
  await changeStored(row, stored, (value) => {
    waitMs = value.verifiedAt === undefined ? leftMs(value, now) : 0;
    return waitMs > 0 ? value : { ...value, unverifiedAttemptAt: now };
  });
  return waitMs;
}

/** The delivery put off until then; undefined when it has waited for a day and is to be given up. */
export function putOff(delivery: Delivery, waitMs: number, now: Date): Delivery | undefined {
  const waitedMs = now.getTime() - delivery.createdAt.getTime();
  if (waitedMs + waitMs > patienceMs) return undefined;
  return { ...delivery, nextAttemptAt: new Date(now.getTime() + waitMs) };
}

function leftMs({ unverifiedAttemptAt }: Endpoint, now: Date): number {
  if (unverifiedAttemptAt === undefined) return 0;
  return Math.max(0, unverifiedAttemptAt.getTime() + hourMs - now.getTime());
}
