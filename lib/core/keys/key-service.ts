import type { Clock } from '../clock.ts';
import type { KeyPrincipal, Scope } from '../principal.ts';
import type { SecretStore } from '../secrets.ts';
import type { TenantStore } from '../tenants/tenant.ts';
import { authenticateKey, recognizeKey } from './authenticate-key.ts';
import { createKey } from './create-key.ts';
import { isKeyEnvironment } from './key-format.ts';
import type { KeyRecord, KeyStore } from './key-record.ts';

export interface KeyServiceDeps {
  readonly keys: KeyStore;
  readonly tenants: TenantStore;
  readonly secrets: SecretStore;
  readonly clock: Clock;
  /** Stands in each key, `[a-z0-9]{1,12}`; a key of another environment is refused. */
  readonly environment: string;
}

export interface KeyWish {
  readonly tenantId: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** 1 to 365; 90 when absent. */
  readonly expiresInDays?: number;
  readonly createdBy: string;
}

export interface NewKey {
  /** Shown once: it is not stored anywhere. */
  readonly key: string;
  readonly record: KeyRecord;
}

export interface KeyService {
  /** Throws `invalid_body` for a bad life or scope, `not_found` for an unknown tenant. */
  create(wish: KeyWish): Promise<NewKey>;
  /**
   * Who presents the key. Throws `unauthenticated` with one text for unknown, wrong, expired and
   * revoked keys and for a tenant that is gone; the reason is in the internal text only.
   */
  authenticate(presented: string): Promise<KeyPrincipal>;
  /** Marks a key that was seen where it must not be; anything but one of our keys is ignored. */
  flagExposed(presented: string): Promise<void>;
}

/** Makes keys and checks them (security.md §3). Throws TypeError for an ill-formed environment. */
export function createKeyService(deps: KeyServiceDeps): KeyService {
  if (!isKeyEnvironment(deps.environment)) {
    throw new TypeError('The key environment must be 1 to 12 characters of a-z and 0-9.');
  }
  return {
    create: (wish) => createKey(deps, wish),
    authenticate: (presented) => authenticateKey(deps, presented),
    async flagExposed(presented) {
      const record = await recognizeKey(deps, presented);
      if (typeof record === 'string') return;
      await deps.keys.flagExposed(record.id, deps.clock());
    },
  };
}
