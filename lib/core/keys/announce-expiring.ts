import type { Clock } from '../clock.ts';
import type { Starter } from '../exports/starter.ts';
import type { Log } from '../log.ts';
import type { Notifier } from '../webhooks/announce.ts';
import { type KeyNotice, type KeyNoticeStore, noticeDayOf, noticeDays } from './key-notice.ts';
import { isLive, type KeyRecord, type KeyStore } from './key-record.ts';

export interface AnnounceExpiringDeps {
  readonly keys: Pick<KeyStore, 'find'>;
  readonly keyNotices: KeyNoticeStore;
  readonly notifier: Notifier;
  readonly clock: Clock;
  readonly log: Log;
}

export interface ExpiringResult {
  readonly announced: number;
  readonly failed: number;
}

/**
 * Tells tenants of keys that end in 14, 7 and 1 days, at least that long before. Each notice is given
 * once: its deliveries are named after key and day, so running twice finds the first ones, and its
 * mark goes last, so a run that died is made good by the next.
 */
export async function announceExpiring(
  deps: AnnounceExpiringDeps,
  starter: Pick<Starter, 'startDelivery'>,
): Promise<ExpiringResult> {
  let announced = 0;
  let failed = 0;
  for await (const notice of deps.keyNotices.listDue(deps.clock())) {
    try {
      if (await announceOne(deps, notice, starter)) announced++;
      await deps.keyNotices.clear(notice);
    } catch (error) {
      failed++;
      const { tenantId, keyId } = notice;
      deps.log.error('the end of a key could not be announced', error, { tenantId, keyId });
    }
  }
  return { announced, failed };
}

async function announceOne(
  { keys, notifier, clock }: AnnounceExpiringDeps,
  notice: KeyNotice,
  starter: Pick<Starter, 'startDelivery'>,
): Promise<boolean> {
  const record = (await keys.find(notice.keyId))?.value;
  if (record === undefined || !isDue(notice, record, clock())) return false;
  const { tenantId, keyId, expiresAt } = notice;
  const deliveryIds = await notifier.notify({
    type: 'key.expiring',
    tenantId,
    subjectId: keyId,
    at: noticeDayOf(notice),
    facts: {
      keyId,
      keyName: record.name,
      expiresAt: expiresAt.toISOString(),
      ...renewalOf(record),
    },
  });
  for (const deliveryId of deliveryIds) await starter.startDelivery({ tenantId, deliveryId });
  return true;
}

/** Whether the key's own program can still act, or only a person. */
function renewalOf({ renewableUntil }: KeyRecord): Readonly<Record<string, string>> {
  return renewableUntil === undefined ? {} : { renewableUntil: renewableUntil.toISOString() };
}

/**
 * A mark can be out of date: the key was revoked, or its end was drawn forward by a rotation, which
 * its owner knows of. After an outage several marks of one key are due, and the last one says it all.
 */
function isDue(notice: KeyNotice, record: KeyRecord, now: Date): boolean {
  const isMeant =
    record.tenantId === notice.tenantId &&
    record.expiresAt.getTime() === notice.expiresAt.getTime();
  if (!isMeant || !isLive(record, now)) return false;
  const later = noticeDays.filter((days) => days < notice.daysBefore);
  return later.every((daysBefore) => noticeDayOf({ ...notice, daysBefore }) > now);
}
