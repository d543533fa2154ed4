import { SluiceError } from '../errors.ts';
import type { DeliveryStarter } from '../exports/starter.ts';
import { limits } from '../limits.ts';
import { principalName, type TenantPrincipal } from '../principal.ts';
import { changeKey } from './change-key.ts';
import { insertKey, type KeyPlan, newKeyId } from './create-key.ts';
import { isLive, type KeyRecord } from './key-record.ts';
import { requireKeyMaker, requireWithinRights } from './key-rights.ts';
import type { KeyWork } from './key-work.ts';
import type { RotatedKey, RotationWish } from './new-key.ts';

const hourMs = 3_600_000;

/**
 * See `KeyService.rotate`. Three writes, in an order that loses no access wherever it stops:
 * 1. The old key names its successor and keeps its end. From here on nobody else rotates it; if we
 *    die now, there is no key of that name yet and the next rotation takes over.
 * 2. The successor is made. If we die now, both live and name each other in the list, and the next
 *    rotation refuses and says which key to revoke first: no second generation goes unnoticed.
 * 3. The old key's end is drawn forward. Done earlier, with a short overlap, a crash before 2 would
 *    have locked the customer out.
 */
export async function rotateKey(
  work: KeyWork,
  maker: TenantPrincipal,
  { keyId, overlapHours = limits.keyOverlapHoursDefault }: RotationWish,
  starter?: DeliveryStarter,
): Promise<RotatedKey> {
  const isOwn = maker.kind === 'key' && maker.keyId === keyId;
  if (!isOwn) requireKeyMaker(maker);
  requireOverlap(overlapHours, isOwn ? 1 : 0);
  const successorId = newKeyId();
  const old = await changeKey(work.keys, maker.tenantId, keyId, async (record) => {
    if (isOwn) await requireRenewable(work, record);
    await requireRotatable(work, maker, record);
    const isAgain = isOwn && record.rotatedTo !== undefined;
    return {
      ...record,
      rotatedTo: successorId,
      ...(isAgain ? { takenBack: (record.takenBack ?? 0) + 1 } : {}),
    };
  });
  const made = await insertKey(work, successorId, successorPlan(maker, old, isOwn), starter);
  const endsAt = new Date(work.clock().getTime() + overlapHours * hourMs);
  const replaced = await endOld(work, old, made.record, endsAt);
  return { ...made, replaced };
}

/** A key that ends with its own call would be lost with the answer; its program has nobody to ask. */
function requireOverlap(hours: number, hoursMin: number): void {
  if (Number.isInteger(hours) && hours >= hoursMin && hours <= limits.keyOverlapHoursMax) return;
  const message = `A whole number of hours from ${hoursMin} to ${limits.keyOverlapHoursMax}.`;
  throw new SluiceError('invalid_body', { mistakes: [{ pointer: '/overlapHours', message }] });
}

async function requireRotatable(
  work: KeyWork,
  maker: TenantPrincipal,
  record: KeyRecord,
): Promise<void> {
  // The maker gets to see the new key, so rotating must not be a way to more rights.
  requireWithinRights(record, maker, 'rotate');
  if (!isLive(record, work.clock())) throw over();
  for (const id of [record.rotatedFrom, record.rotatedTo]) {
    if (id !== undefined && (await isAlive(work, record, id))) throw twoGenerations(id);
  }
}

async function isAlive(work: KeyWork, { tenantId }: KeyRecord, id: string): Promise<boolean> {
  const other = (await work.keys.find(id))?.value;
  return other?.tenantId === tenantId && isLive(other, work.clock());
}

/**
 * A key that replaces itself stays within what its maker allowed, and so does whoever stole it. A
 * program that lost the answer asks again: a successor that was never used is taken back for it.
 */
async function requireRenewable(work: KeyWork, record: KeyRecord): Promise<void> {
  const { renewableUntil, expiresAt, rotatedTo } = record;
  if (renewableUntil === undefined) {
    throw new SluiceError('forbidden', {
      message:
        'This key may not replace itself: it was made without `renewableForDays`. A person rotates it.',
    });
  }
  if (renewableUntil <= expiresAt) {
    throw new SluiceError('invalid_state', {
      message: `This key may replace itself until ${renewableUntil.toISOString()} and ends by then. A person rotates it.`,
    });
  }
  await takeBackUnused(work, record, rotatedTo);
}

/**
 * Only what the key itself made is taken back, and only so often: a person who rotates a stolen key must
 * not find the thief's key alive and their own revoked, and a loop makes no thousands of keys and news.
 */
async function takeBackUnused(
  work: KeyWork,
  record: KeyRecord,
  rotatedTo: string | undefined,
): Promise<void> {
  if (rotatedTo === undefined || !(await isAlive(work, record, rotatedTo))) return;
  const successor = (await work.keys.find(rotatedTo))?.value;
  if (successor?.createdBy !== `key:${record.id}`) return;
  if ((await work.keys.lastUse(rotatedTo)) !== undefined) return;
  if ((record.takenBack ?? 0) >= limits.keyTakeBacksMax) throw tooOften();
  await changeKey(work.keys, record.tenantId, rotatedTo, (unused) => ({
    ...unused,
    revokedAt: unused.revokedAt ?? work.clock(),
  }));
}

function tooOften(): SluiceError {
  return new SluiceError('invalid_state', {
    message: `This key replaced itself ${limits.keyTakeBacksMax + 1} times, and none of the keys that it got was ever used. Use the newest, or let a person rotate this one.`,
  });
}

function successorPlan(maker: TenantPrincipal, old: KeyRecord, isOwn: boolean): KeyPlan {
  const { labels, allowedAddresses, renewableDays, renewableUntil } = old;
  return {
    tenantId: old.tenantId,
    name: old.name,
    scopes: old.scopes,
    ...(labels === undefined ? {} : { labels }),
    ...(allowedAddresses === undefined ? {} : { allowedAddresses }),
    ...(renewableDays === undefined ? {} : { renewableDays }),
    ...(isOwn && renewableUntil !== undefined ? { renewableUntil } : {}),
    createdBy: principalName(maker),
    lifeDays: old.lifeDays,
    rotatedFrom: old.id,
  };
}

/**
 * Two rotations at once both get here when the second one did not see the first one's successor yet.
 * The old key names the second one's, so the first one takes its own back.
 */
async function endOld(
  work: KeyWork,
  old: KeyRecord,
  successor: KeyRecord,
  endsAt: Date,
): Promise<KeyRecord> {
  const ended = await changeKey(work.keys, old.tenantId, old.id, (record) => {
    if (record.rotatedTo !== old.rotatedTo) return undefined;
    const expiresAt = record.expiresAt < endsAt ? record.expiresAt : endsAt;
    return { ...record, rotatedTo: successor.id, expiresAt };
  });
  if (ended.rotatedTo === successor.id) return ended;
  await changeKey(work.keys, successor.tenantId, successor.id, (record) => ({
    ...record,
    revokedAt: work.clock(),
  }));
  throw new SluiceError('changed_meanwhile', {
    message: 'Somebody else rotated this key at the same moment. Look at the list of keys.',
  });
}

function over(): SluiceError {
  return new SluiceError('invalid_state', {
    message: 'This key has expired or was revoked. Make a new one.',
  });
}

function twoGenerations(id: string): SluiceError {
  return new SluiceError('invalid_state', {
    message: `At most two generations of a key live at once, and the key ${id} still does. Wait for its end, or revoke it first.`,
  });
}
