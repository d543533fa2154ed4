import type { Scope } from '../principal.ts';
import type { KeyRecord } from './key-record.ts';
import type { KeyRights } from './key-rights.ts';

export interface KeyWish extends Partial<KeyRights> {
  readonly tenantId: string;
  readonly name: string;
  /** Absent: all of the maker's. */
  readonly scopes?: readonly Scope[];
  /** 1 to 365; 90 when absent. */
  readonly expiresInDays?: number;
  /** Days, from `expiresInDays` to 365, that it may replace itself for; absent: not at all. */
  readonly renewableForDays?: number;
  /** At most 20 addresses or CIDR ranges; absent: from anywhere. */
  readonly allowedAddresses?: readonly string[];
  /** The same wish with the same one makes one key; see `createOnce`. */
  readonly idempotencyKey?: string;
}

export interface NewKey {
  /** Shown once: it is not stored anywhere. */
  readonly key: string;
  readonly record: KeyRecord;
}

export interface RotatedKey extends NewKey {
  /** The key that it takes over from, as it stands now. */
  readonly replaced: KeyRecord;
}

export interface RotationWish {
  readonly keyId: string;
  /** 0 to 168; 24 when absent. */
  readonly overlapHours?: number;
}
