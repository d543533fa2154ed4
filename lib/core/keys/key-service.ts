import { SluiceError } from '../errors.ts';
import type { DeliveryStarter } from '../exports/starter.ts';
import type { Page, PageRequest } from '../page.ts';
import type { KeyPrincipal, Principal, TenantPrincipal } from '../principal.ts';
import { authenticateKey } from './authenticate-key.ts';
import { changeKey } from './change-key.ts';
import { createKey } from './create-key.ts';
import { flagExposed } from './flag-exposed.ts';
import { isKeyEnvironment } from './key-format.ts';
import type { KeyRecord, ListedKey } from './key-record.ts';
import { isWithinRights, requireWithinRights } from './key-rights.ts';
import type { KeyServiceDeps, KeyWork } from './key-work.ts';
import type { KeyWish, NewKey, RotatedKey, RotationWish } from './new-key.ts';
import { createPeppers } from './peppers.ts';
import { rotateKey } from './rotate-key.ts';
import { createUseRecorder } from './use-recorder.ts';

export interface KeyService {
  /**
   * Throws `forbidden` for a key as the maker and for rights that are wider than the maker's,
   * `invalid_body` for a bad life, scope or range, `not_found` for an unknown tenant, `wrong_region`
   * for one of another region, `limit_reached` when the operator made many already, and what `createOnce`
   * throws for a repetition. The tenant is told by `key.created`.
   */
  create(maker: Principal, wish: KeyWish, starter?: DeliveryStarter): Promise<NewKey>;
  /** The principal's own key. */
  own(principal: KeyPrincipal): Promise<KeyRecord>;
  /**
   * The keys that have no more rights than the principal, newest first; a page may hold fewer keys than
   * asked for.
   */
  list(principal: TenantPrincipal, page: PageRequest): Promise<Page<ListedKey>>;
  /**
   * Ends a key at once, everywhere; doing it again changes nothing. Throws `not_found`, and `forbidden`
   * for a key with wider rights than the principal's.
   */
  revoke(principal: TenantPrincipal, keyId: string): Promise<KeyRecord>;
  /**
   * A new key with the same rights; the old one ends with the overlap, never later than it would
   * have. A key rotates nothing but itself, and only while it is renewable. Throws `forbidden`
   * otherwise, and for a key with wider rights than the maker's, `not_found`, and `invalid_state` when
   * the key is over or two generations live already. The tenant is told by `key.created`.
   */
  rotate(
    maker: TenantPrincipal,
    wish: RotationWish,
    starter?: DeliveryStarter,
  ): Promise<RotatedKey>;
  /**
   * Who presents the key, asked from the storage each time, so that a revoked key ends at once.
   * Throws `unauthenticated` with one text for unknown, wrong, expired and revoked keys, for a wrong
   * address and for a tenant that is gone; the reason is in the internal text only. Throws
   * `wrong_region` for a good key whose tenant belongs elsewhere, and for any key of a known stamp
   * elsewhere.
   */
  authenticate(presented: string, address?: string): Promise<KeyPrincipal>;
  /**
   * Marks a key that was seen where it must not be and tells its tenant once, in the audit log and, while
   * the key is live, by `key.exposed`. Returns it; undefined for anything but one of our keys.
   */
  flagExposed(presented: string, starter: DeliveryStarter): Promise<KeyRecord | undefined>;
  /** Settles when everything that `authenticate` notes down behind its caller's back is written. */
  settled(): Promise<void>;
}

/** Makes keys and checks them (security.md §3). Throws TypeError for an ill-formed environment. */
export function createKeyService(deps: KeyServiceDeps): KeyService {
  if (!isKeyEnvironment(deps.environment)) {
    throw new TypeError('The key environment must be 1 to 12 characters of a-z and 0-9.');
  }
  const work: KeyWork = { ...deps, peppers: createPeppers(deps), uses: createUseRecorder(deps) };
  return {
    create: (maker, wish, starter) => createKey(work, maker, wish, starter),
    own: (principal) => ownKey(work, principal),
    list: (principal, page) => listKeys(work, principal, page),
    revoke: (principal, keyId) => revokeKey(work, principal, keyId),
    rotate: (maker, wish, starter) => rotateKey(work, maker, wish, starter),
    authenticate: (presented, address) => authenticateKey(work, presented, address),
    flagExposed: (presented, starter) => flagExposed(work, presented, starter),
    settled: () => work.uses.settled(),
  };
}

async function listKeys(
  { keys }: KeyWork,
  principal: TenantPrincipal,
  page: PageRequest,
): Promise<Page<ListedKey>> {
  const { items, ...rest } = await keys.list(principal.tenantId, page);
  return { items: items.filter(({ record }) => isWithinRights(record, principal)), ...rest };
}

async function revokeKey(
  { keys, clock }: KeyWork,
  principal: TenantPrincipal,
  keyId: string,
): Promise<KeyRecord> {
  return changeKey(keys, principal.tenantId, keyId, (record) => {
    requireWithinRights(record, principal, 'revoke');
    return record.revokedAt === undefined ? { ...record, revokedAt: clock() } : undefined;
  });
}

async function ownKey({ keys }: KeyWork, { tenantId, keyId }: KeyPrincipal): Promise<KeyRecord> {
  const record = (await keys.find(keyId))?.value;
  if (record?.tenantId === tenantId) return record;
  throw new SluiceError('not_found', { message: 'There is no key with this id.' });
}
