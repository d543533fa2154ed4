import { type Mistake, SluiceError } from '../errors.ts';
import type { DeliveryStarter } from '../exports/starter.ts';
import { createOnce } from '../idempotency/create-once.ts';
import { limits } from '../limits.ts';
import { type Principal, principalName, scopes } from '../principal.ts';
import { isAddressRange } from './address-ranges.ts';
import { randomBase62 } from './base62.ts';
import { formatKey, keyIdLength, keySecretLength } from './key-format.ts';
import { hashSecret } from './key-hash.ts';
import { noticesOf } from './key-notice.ts';
import { isLive, type KeyRecord } from './key-record.ts';
import { grantedRights, requireKeyMaker } from './key-rights.ts';
import type { KeyWork } from './key-work.ts';
import type { KeyWish, NewKey } from './new-key.ts';
import { tellTenant } from './tell-tenant.ts';

const dayMs = 86_400_000;

/** See `KeyService.create`. */
export async function createKey(
  work: KeyWork,
  maker: Principal,
  wish: KeyWish,
  starter?: DeliveryStarter,
): Promise<NewKey> {
  requireKeyMaker(maker);
  requireOwnTenant(maker, wish.tenantId);
  requireNoMistakes(wish);
  const rights = grantedRights(maker, wish);
  const tenant = await work.tenants.find(wish.tenantId);
  if (tenant === undefined) throw noTenant();
  work.residency.requireHere(tenant.value);
  const { renewableForDays: renewableDays, allowedAddresses, idempotencyKey, ...request } = wish;
  const { tenantId } = wish;
  const plan: KeyPlan = {
    tenantId,
    name: wish.name,
    ...rights,
    ...(allowedAddresses === undefined ? {} : { allowedAddresses }),
    ...(renewableDays === undefined ? {} : { renewableDays }),
    createdBy: principalName(maker),
    lifeDays: wish.expiresInDays ?? limits.keyDaysDefault,
  };
  const order = { tenantId, requestedBy: plan.createdBy, kind: 'key', idempotencyKey } as const;
  return createOnce(
    work,
    { ...order, request: { ...request, renewableDays, allowedAddresses } },
    {
      newId: newKeyId,
      exists: async (id) => (await work.keys.find(id)) !== undefined,
      async make(id) {
        if (maker.kind === 'operator') await requireRoomForOperator(work, tenantId);
        return insertKey(work, id, plan, starter);
      },
    },
  );
}

export function newKeyId(): string {
  return randomBase62(keyIdLength);
}

/** The operator opens the door to a tenant; a key is nothing to have a drawer full of. */
async function requireRoomForOperator({ keys, clock }: KeyWork, tenantId: string): Promise<void> {
  let live = 0;
  let cursor: string | undefined;
  do {
    const page = { limit: limits.pageItemsMax, ...(cursor === undefined ? {} : { cursor }) };
    const { items, nextCursor } = await keys.list(tenantId, page);
    live += items.filter(
      ({ record }) => record.createdBy === 'operator' && isLive(record, clock()),
    ).length;
    cursor = nextCursor;
  } while (cursor !== undefined);
  if (live < limits.operatorKeysPerTenantMax) return;
  throw new SluiceError('limit_reached', {
    message: `${live} keys of this tenant that the operator made are live. The tenant's people revoke those that are not needed, and make further ones themselves.`,
  });
}

/** What a caller decides about a key. */
export type KeyPlan = Omit<
  KeyRecord,
  'id' | 'secretHash' | 'pepperVersion' | 'createdAt' | 'expiresAt'
>;

/**
 * Makes a key of this id. The marks of its notices come first: one without a key is cleared when its day
 * comes, while a key without its marks would end unannounced. The tenant is told before, too: there is
 * no key that nobody was told of. Throws `already_exists` when the id is taken, which among 62^12 is
 * the same request again.
 */
export async function insertKey(
  work: KeyWork,
  id: string,
  plan: KeyPlan,
  starter: DeliveryStarter | undefined,
): Promise<NewKey> {
  const pepper = await work.peppers.forWriting();
  const secret = randomBase62(keySecretLength);
  const createdAt = work.clock();
  const hash = { secretHash: hashSecret(pepper, secret), pepperVersion: pepper.version };
  const record: KeyRecord = { id, ...plan, ...hash, createdAt, ...endsOf(plan, createdAt) };
  for (const notice of noticesOf(record)) await work.keyNotices.mark(notice);
  await tellTenant(work, record, { type: 'key.created', at: createdAt }, starter);
  if (!(await work.keys.insert(record))) throw new SluiceError('already_exists');
  return { key: formatKey({ environment: work.environment, id, secret }), record };
}

/** A key that may replace itself ends with that permission at the latest. */
function endsOf(
  { lifeDays, renewableDays, renewableUntil }: KeyPlan,
  createdAt: Date,
): Pick<KeyRecord, 'expiresAt' | 'renewableUntil'> {
  const after = (days: number) => new Date(createdAt.getTime() + days * dayMs);
  const expiresAt = after(lifeDays);
  if (renewableDays === undefined) return { expiresAt };
  const until = renewableUntil ?? after(renewableDays);
  const earlier = Math.min(expiresAt.getTime(), until.getTime());
  return { expiresAt: new Date(earlier), renewableUntil: until };
}

/** Nobody but the operator reaches into another tenant; the routes cannot even ask for it. */
function requireOwnTenant(maker: Principal, tenantId: string): void {
  if (maker.kind !== 'operator' && maker.tenantId !== tenantId) throw noTenant();
}

function noTenant(): SluiceError {
  return new SluiceError('not_found', { message: 'There is no tenant with this id.' });
}

function requireNoMistakes(wish: KeyWish): void {
  const mistakes = [
    ...lifeMistakes(wish.expiresInDays),
    ...renewalMistakes(wish),
    ...scopeMistakes(wish.scopes),
    ...addressMistakes(wish.allowedAddresses),
  ];
  if (mistakes.length > 0) throw new SluiceError('invalid_body', { mistakes });
}

function lifeMistakes(days: number | undefined): readonly Mistake[] {
  const isFine =
    days === undefined || (Number.isInteger(days) && days >= 1 && days <= limits.keyDaysMax);
  if (isFine) return [];
  const message = `A whole number of days from 1 to ${limits.keyDaysMax}.`;
  return [{ pointer: '/expiresInDays', message }];
}

function renewalMistakes({
  renewableForDays: days,
  expiresInDays = limits.keyDaysDefault,
}: KeyWish): readonly Mistake[] {
  const isFine =
    days === undefined ||
    (Number.isInteger(days) && days >= expiresInDays && days <= limits.keyRenewableDaysMax);
  if (isFine) return [];
  const message = `A whole number of days from expiresInDays (${expiresInDays}) to ${limits.keyRenewableDaysMax}.`;
  return [{ pointer: '/renewableForDays', message }];
}

/** A tenant's key never does the operator's work. */
function scopeMistakes(wished: readonly string[] | undefined): readonly Mistake[] {
  const allowed: readonly string[] = scopes.filter((scope) => scope !== 'operator');
  if (wished === undefined) return [];
  if (wished.length > 0 && wished.every((scope) => allowed.includes(scope))) return [];
  return [{ pointer: '/scopes', message: `At least one of: ${allowed.join(', ')}.` }];
}

function addressMistakes(ranges: readonly string[] | undefined): readonly Mistake[] {
  if (ranges === undefined) return [];
  const message = `Send 1 to ${limits.keyAddressRangesMax} addresses or CIDR ranges, for example 203.0.113.0/24.`;
  if (ranges.length === 0 || ranges.length > limits.keyAddressRangesMax) {
    return [{ pointer: '/allowedAddresses', message }];
  }
  return ranges.flatMap((range, index) =>
    isAddressRange(range) ? [] : [{ pointer: `/allowedAddresses/${index}`, message }],
  );
}
