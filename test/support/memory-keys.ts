import { SluiceError } from '../../lib/core/errors.ts';
import {
  type KeyNotice,
  type KeyNoticeStore,
  noticeDayOf,
} from '../../lib/core/keys/key-notice.ts';
import type { KeyRecord, KeyStore, KeyUse } from '../../lib/core/keys/key-record.ts';
import type { OptionalSecretStore, SecretStore } from '../../lib/core/secrets.ts';
import type { Stored } from '../../lib/core/stored.ts';

export interface MemoryKeys {
  readonly keys: KeyStore;
  readonly rows: Map<string, Stored<KeyRecord>>;
  readonly uses: Map<string, KeyUse>;
  /** Changes a row as another process would. */
  change(keyId: string, changes: Partial<KeyRecord>): void;
  record(keyId: string): KeyRecord;
}

/** The port, in memory, as strict as Table Storage about etags. */
export function memoryKeys(): MemoryKeys {
  const rows = new Map<string, Stored<KeyRecord>>();
  const uses = new Map<string, KeyUse>();
  const peppers = new Map<string, Date>();
  let version = 0;
  const put = (record: KeyRecord) => {
    version += 1;
    rows.set(record.id, { value: structuredClone(record), etag: String(version) });
  };
  const record = (keyId: string): KeyRecord => {
    const found = rows.get(keyId);
    if (found === undefined) throw new Error(`There is no key ${keyId}.`);
    return found.value;
  };
  const keys: KeyStore = {
    async insert(made) {
      if (rows.has(made.id)) return false;
      put(made);
      return true;
    },
    find: async (keyId) => structuredClone(rows.get(keyId)),
    async update(changed, etag) {
      if (rows.get(changed.id)?.etag !== etag) throw new SluiceError('changed_meanwhile');
      put(changed);
    },
    async list(tenantId) {
      const own = [...rows.values()].filter(({ value }) => value.tenantId === tenantId).reverse();
      return {
        items: own.map(({ value }) => {
          const lastUse = uses.get(value.id);
          return lastUse === undefined ? { record: value } : { record: value, lastUse };
        }),
      };
    },
    lastUse: async (keyId) => uses.get(keyId),
    async noteUse(keyId, use) {
      const before = uses.get(keyId);
      if (before === undefined || before.at < use.at) uses.set(keyId, use);
      return before;
    },
    async pepperSeen(name, now) {
      const since = peppers.get(name) ?? now;
      peppers.set(name, since);
      return since;
    },
  };
  const change = (keyId: string, changes: Partial<KeyRecord>) =>
    put({ ...record(keyId), ...changes });
  return { keys, rows, uses, change, record };
}

export interface MemoryNotices {
  readonly keyNotices: KeyNoticeStore;
  readonly marks: Map<string, KeyNotice>;
}

/** The port, in memory. */
export function memoryNotices(): MemoryNotices {
  const marks = new Map<string, KeyNotice>();
  const nameOf = ({ keyId, daysBefore }: KeyNotice) => `${keyId}-${daysBefore}`;
  const keyNotices: KeyNoticeStore = {
    async mark(notice) {
      marks.set(nameOf(notice), notice);
    },
    async clear(notice) {
      marks.delete(nameOf(notice));
    },
    async *listDue(now) {
      const due = [...marks.values()].filter((notice) => noticeDayOf(notice) <= now);
      yield* due.sort((one, other) => noticeDayOf(one).getTime() - noticeDayOf(other).getTime());
    },
  };
  return { keyNotices, marks };
}

/** Secrets that a test may change while it runs; what is not there is missing for certain. */
export function changingSecrets(
  values: Record<string, string>,
): SecretStore & OptionalSecretStore & { readonly values: Record<string, string> } {
  return {
    values,
    find: async (name) => values[name],
    async get(name) {
      const value = values[name];
      if (value === undefined) throw new SluiceError('secret_unavailable');
      return value;
    },
  };
}
