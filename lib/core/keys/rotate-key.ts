import { SluiceError } from '../errors.ts';
import { limits } from '../limits.ts';
import { principalName, type TenantPrincipal } from '../principal.ts';
import { randomBase62 } from './base62.ts';
import { changeKey } from './change-key.ts';
import { insertKey } from './create-key.ts';
import { keyIdLength } from './key-format.ts';
import { isLive, type KeyRecord } from './key-record.ts';
import { requireKeyMaker, requireWithinRights } from './key-rights.ts';
import type { KeyWork } from './key-work.ts';
import type { NewKey, RotatedKey, RotationWish } from './new-key.ts';

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
): Promise<RotatedKey> {
  requireKeyMaker(maker);
  requireOverlap(overlapHours);
  const successorId = randomBase62(keyIdLength);
  const old = await changeKey(work.keys, maker.tenantId, keyId, async (record) => {
    await requireRotatable(work, maker, record);
    return { ...record, rotatedTo: successorId };
  });
  const made = await insertSuccessor(work, maker, old, successorId);
  const endsAt = new Date(work.clock().getTime() + overlapHours * hourMs);
  const replaced = await endOld(work, old, made.record, endsAt);
  return { ...made, replaced };
}

function requireOverlap(hours: number): void {
  if (Number.isInteger(hours) && hours >= 0 && hours <= limits.keyOverlapHoursMax) return;
  const message = `A whole number of hours from 0 to ${limits.keyOverlapHoursMax}.`;
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

async function insertSuccessor(
  work: KeyWork,
  maker: TenantPrincipal,
  old: KeyRecord,
  id: string,
): Promise<NewKey> {
  return insertKey(work, id, {
    tenantId: old.tenantId,
    name: old.name,
    scopes: old.scopes,
    ...(old.labels === undefined ? {} : { labels: old.labels }),
    ...(old.allowedAddresses === undefined ? {} : { allowedAddresses: old.allowedAddresses }),
    createdBy: principalName(maker),
    lifeDays: old.lifeDays,
    rotatedFrom: old.id,
  });
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
