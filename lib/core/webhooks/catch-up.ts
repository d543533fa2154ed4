import type { DeliveryStarter } from '../exports/starter.ts';
import { limits } from '../limits.ts';
import type { Stored } from '../stored.ts';
import { changeStored } from './change-stored.ts';
import type { Delivery } from './delivery.ts';
import { closed, isPutOff } from './delivery-progress.ts';
import type { Endpoint } from './endpoint.ts';
import type { EndpointServiceDeps } from './endpoint-deps.ts';
import { repeat } from './repeat-delivery.ts';

const catchUpMs = limits.webhookCatchUpDays * 24 * 3_600_000;

type CatchUpDeps = Pick<EndpointServiceDeps, 'deliveries' | 'clock'>;

/**
 * Sends what an endpoint missed in the last `limits.webhookCatchUpDays`, the oldest first: what was
 * dropped and, when its address is proven, what was put off until then. Each is repeated once; a call
 * after one that died goes on with the rest. While it is disabled nothing is sent. Returns how many
 * were started.
 */
export async function catchUp(
  deps: CatchUpDeps,
  endpoint: Endpoint,
  starter: DeliveryStarter,
): Promise<number> {
  if (endpoint.disabledAt !== undefined) return 0;
  let started = 0;
  for (const id of await missedBy(deps, endpoint)) {
    const missed = await takeMissed(deps, endpoint, id);
    if (missed === undefined) continue;
    await repeat(deps, missed, starter);
    started++;
  }
  return started;
}

/**
 * The delivery to be repeated, undefined when there is nothing to make good. One that was put off is
 * closed first: its own orchestration sleeps until its hour and then finds nothing to do.
 */
export async function takeMissed(
  deps: CatchUpDeps,
  { tenantId, verifiedAt }: Endpoint,
  deliveryId: string,
): Promise<Stored<Delivery> | undefined> {
  const find = () => deps.deliveries.find(tenantId, deliveryId);
  const stored = await find();
  if (stored === undefined || isDropped(stored.value)) return stored;
  const isWaiting = (value: Delivery) => isPutOff(value, deps.clock());
  if (verifiedAt === undefined || !isWaiting(stored.value)) return undefined;
  const update = (value: Delivery, etag: string) => deps.deliveries.update(value, etag);
  await changeStored({ find, update }, stored, (value) =>
    isWaiting(value) ? closed(value, 'dropped') : value,
  );
  const fresh = await find();
  return fresh !== undefined && isDropped(fresh.value) ? fresh : undefined;
}

async function missedBy(
  { deliveries, clock }: CatchUpDeps,
  { tenantId, id: endpointId, verifiedAt }: Endpoint,
): Promise<readonly string[]> {
  const now = clock();
  const from = new Date(now.getTime() - catchUpMs);
  const ids: string[] = [];
  for await (const delivery of deliveries.scan(tenantId, { endpointId, from, status: 'dropped' })) {
    if (isDropped(delivery)) ids.push(delivery.id);
  }
  if (verifiedAt === undefined) return oldestFirst(ids);
  for await (const delivery of deliveries.scan(tenantId, { endpointId, from, status: 'pending' })) {
    if (isPutOff(delivery, now)) ids.push(delivery.id);
  }
  return oldestFirst(ids);
}

/** Ids begin with the event's time, the newest first. */
function oldestFirst(ids: readonly string[]): readonly string[] {
  return [...ids].sort().reverse();
}

function isDropped({ status, redeliveries }: Delivery): boolean {
  return status === 'dropped' && redeliveries === undefined;
}
