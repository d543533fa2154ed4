import type { Page, PageRequest } from '../page.ts';
import type { Labels, Scope } from '../principal.ts';
import type { Stored } from '../stored.ts';

/** What is kept of an API key: never the key itself. */
export interface KeyRecord {
  /** 12 characters; the public part of the key. */
  readonly id: string;
  readonly tenantId: string;
  readonly name: string;
  /** HMAC-SHA-256 of the secret part, keyed with the pepper; hex. */
  readonly secretHash: string;
  /** Which pepper that was; see `Peppers`. */
  readonly pepperVersion: string;
  readonly scopes: readonly Scope[];
  /** Absent: everything of the tenant. */
  readonly labels?: Labels;
  /** CIDR ranges that it may be used from; absent: from anywhere. */
  readonly allowedAddresses?: readonly string[];
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  /** How long it was made for; its successor gets the same. */
  readonly lifeDays: number;
  /** It may replace itself until then, by keys that end no later; absent: people rotate it. */
  readonly renewableUntil?: Date;
  /** How long that was allowed for; a person who rotates the key allows it anew. */
  readonly renewableDays?: number;
  /** The key that this one took over from. */
  readonly rotatedFrom?: string;
  /** The key that takes over; while no key has this id, the rotation died before it made one. */
  readonly rotatedTo?: string;
  /** How often it replaced itself again because the key that it got was never used. */
  readonly takenBack?: number;
  readonly revokedAt?: Date;
  /** When it was first seen where it must not be, for example in a URL. */
  readonly exposedAt?: Date;
  /** When its tenant was told of that; absent: it has not been yet. */
  readonly exposureToldAt?: Date;
}

/** When and from where a key was used last. */
export interface KeyUse {
  /** A whole minute, or the moment the key was made when that is later. */
  readonly at: Date;
  /** The /24 or /48 network; absent when the platform did not tell. */
  readonly addressPrefix?: string;
}

/** A key as its tenant sees it. */
export interface ListedKey {
  readonly record: KeyRecord;
  readonly lastUse?: KeyUse;
}

/** All methods throw `storage_unavailable` when the storage does not answer in time. */
export interface KeyStore {
  /**
   * False when the id is taken. The entry in the tenant's list is written first: a key that works is
   * always in the list, whenever this stops.
   */
  insert(record: KeyRecord): Promise<boolean>;
  find(keyId: string): Promise<Stored<KeyRecord> | undefined>;
  /** Throws `changed_meanwhile` when the row has another etag. */
  update(record: KeyRecord, etag: string): Promise<void>;
  /** Newest first. A page may hold fewer keys than asked for. */
  list(tenantId: string, page: PageRequest): Promise<Page<ListedKey>>;
  /**
   * Writes the use unless a later one is known, and returns the one that stood there before. Two
   * writers at once do not wait for each other: one of them gives way.
   */
  noteUse(keyId: string, use: KeyUse): Promise<KeyUse | undefined>;
  /** Undefined for a key that was never used. */
  lastUse(keyId: string): Promise<KeyUse | undefined>;
  /** When this version of the pepper was first seen by any process; `now` if it never was. */
  pepperSeen(version: string, now: Date): Promise<Date>;
}

/** True while the key opens something. */
export function isLive({ revokedAt, expiresAt }: KeyRecord, now: Date): boolean {
  return revokedAt === undefined && expiresAt > now;
}
