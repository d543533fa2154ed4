import type { Scope } from '../principal.ts';

/** What is kept of an API key: never the key itself. */
export interface KeyRecord {
  /** 12 characters; the public part of the key. */
  readonly id: string;
  readonly tenantId: string;
  readonly name: string;
  /** HMAC-SHA-256 of the secret part, keyed with the pepper; hex. */
  readonly secretHash: string;
  readonly scopes: readonly Scope[];
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly revokedAt?: Date;
}

export interface KeyStore {
  /** False when the id is taken. */
  insert(record: KeyRecord): Promise<boolean>;
  find(keyId: string): Promise<KeyRecord | undefined>;
  /** Marks the key as seen where it must not be, for example in a URL. Unknown ids are ignored. */
  flagExposed(keyId: string, at: Date): Promise<void>;
}
