/** One version of a secret, as a vault keeps it. */
export interface StoredSecret {
  readonly value: string;
  readonly contentType?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly enabled: boolean;
  readonly createdAt: Date;
}

export interface VaultReply {
  readonly status: number;
  readonly body: object;
}

interface Entry {
  readonly versions: StoredSecret[];
  deletedAt?: Date;
}

const recoverableDays = 90;

/** What a vault holds, and what it answers to reading, setting, deleting and recovering. */
export class VaultShelf {
  readonly #entries = new Map<string, Entry>();
  readonly #origin: () => string;

  constructor(origin: () => string) {
    this.#origin = origin;
  }

  put(name: string, secret: StoredSecret): void {
    const entry = this.#entries.get(name) ?? { versions: [] };
    entry.versions.push(secret);
    this.#entries.set(name, entry);
  }

  purge(name: string): void {
    this.#entries.delete(name);
  }

  versions(name: string): readonly StoredSecret[] {
    return this.#entries.get(name)?.versions ?? [];
  }

  isDeleted(name: string): boolean {
    return this.#entries.get(name)?.deletedAt !== undefined;
  }

  read(name: string): VaultReply {
    const entry = this.#entries.get(name);
    const newest = entry?.versions.at(-1);
    if (entry === undefined || newest === undefined || entry.deletedAt !== undefined) {
      return refusal(404, 'SecretNotFound', `A secret with (name/id) ${name} was not found.`);
    }
    if (newest.enabled) return { status: 200, body: this.#bundle(name, entry, true) };
    const message = 'Operation get is not allowed on a disabled secret.';
    return refusal(403, 'Forbidden', message, 'SecretDisabled');
  }

  set(name: string, secret: StoredSecret): VaultReply {
    if (this.isDeleted(name)) {
      const message = `Secret ${name} is currently in a deleted but recoverable state, and its name cannot be reused; in this state, the secret can only be recovered or purged.`;
      return refusal(409, 'Conflict', message, 'ObjectIsDeletedButRecoverable');
    }
    this.put(name, secret);
    return this.read(name);
  }

  delete(name: string, at: Date): VaultReply {
    const entry = this.#entries.get(name);
    if (entry === undefined || entry.deletedAt !== undefined) return this.read(name);
    entry.deletedAt = at;
    return this.readDeleted(name);
  }

  readDeleted(name: string): VaultReply {
    const entry = this.#entries.get(name);
    if (entry?.deletedAt === undefined) {
      return refusal(404, 'SecretNotFound', `Deleted Secret not found: ${name}`);
    }
    const deletedDate = secondsOf(entry.deletedAt);
    const scheduledPurgeDate = deletedDate + recoverableDays * 86_400;
    const recoveryId = `${this.#origin()}/deletedsecrets/${name}`;
    const facts = { recoveryId, deletedDate, scheduledPurgeDate };
    return { status: 200, body: { ...facts, ...this.#bundle(name, entry, false) } };
  }

  recover(name: string): VaultReply {
    const entry = this.#entries.get(name);
    if (entry?.deletedAt === undefined) return this.readDeleted(name);
    delete entry.deletedAt;
    return { status: 200, body: this.#bundle(name, entry, false) };
  }

  #bundle(name: string, { versions }: Entry, withValue: boolean): object {
    const newest = versions.at(-1);
    if (newest === undefined) throw new TypeError(`The secret ${name} has no version.`);
    const { value, contentType, tags, enabled } = newest;
    const created = secondsOf(newest.createdAt);
    return {
      ...(withValue ? { value } : {}),
      id: `${this.#origin()}/secrets/${name}/${versions.length}`,
      attributes: { enabled, created, updated: created },
      ...(contentType === undefined ? {} : { contentType }),
      ...(tags === undefined ? {} : { tags }),
    };
  }
}

/** An error in the shape and the words of the service. */
export function refusal(
  status: number,
  code: string,
  message: string,
  innerCode?: string,
): VaultReply {
  const inner = innerCode === undefined ? {} : { innererror: { code: innerCode } };
  return { status, body: { error: { code, message, ...inner } } };
}

function secondsOf(time: Date): number {
  return Math.floor(time.getTime() / 1000);
}
