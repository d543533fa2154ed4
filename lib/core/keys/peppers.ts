import { createHmac } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { secretBytes } from '../sealing/secret-bytes.ts';
import {
  type OptionalSecretStore,
  optionalSecretNames,
  type SecretStore,
  secretNames,
} from '../secrets.ts';
import type { KeyStore } from './key-record.ts';

/** A value that keys the hashes of API keys, and its name in their records. */
export interface Pepper {
  /** 16 hexadecimal digits, made of the value; it does not give the value away. */
  readonly version: string;
  readonly bytes: Uint8Array;
}

export interface Peppers {
  /** Throws `secret_unavailable`. */
  current(): Promise<Pepper>;
  /** The current or the previous one, whichever has this version. Throws `secret_unavailable`. */
  find(version: string): Promise<Pepper | undefined>;
  /**
   * What new hashes are made with: the current one, but for the first 70 minutes after a change the
   * previous one. Other processes may not know the new one until then and would refuse the keys.
   */
  forWriting(): Promise<Pepper>;
}

export interface PeppersDeps {
  readonly secrets: SecretStore & OptionalSecretStore;
  readonly keys: Pick<KeyStore, 'pepperSeen'>;
  readonly clock: Clock;
}

/** A process goes on with an old secret for an hour at most, while the vault is in trouble. */
const settlingMs = 70 * 60_000;
/** A previous pepper that is not there is looked for no more often than this. */
const askAgainMs = 60_000;

/**
 * Reads the peppers from the secret store, which keeps each of them in memory for a while and so may
 * know the new current one before the new previous one. What this process itself saw as the current
 * one goes before that.
 */
export function createPeppers({ secrets, keys, clock }: PeppersDeps): Peppers {
  const seenAt = new Map<string, Date>();
  const read = remembering(pepperOf);
  let last: Pepper | undefined;
  let retired: { readonly pepper: Pepper; readonly untilMs: number } | undefined;
  let missingUntilMs = 0;

  const current = async () => {
    const now = read(secretNames.keyPepper, await secrets.get(secretNames.keyPepper));
    if (last !== undefined && last.version !== now.version) {
      retired = { pepper: last, untilMs: clock().getTime() + settlingMs };
    }
    last = now;
    return now;
  };

  const stored = async (): Promise<Pepper | undefined> => {
    const name = optionalSecretNames.previousKeyPepper;
    if (clock().getTime() < missingUntilMs) return undefined;
    const text = await secrets.find(name);
    if (text !== undefined) return read(name, text);
    missingUntilMs = clock().getTime() + askAgainMs;
    return undefined;
  };

  const ownPrevious = () =>
    retired !== undefined && clock().getTime() < retired.untilMs ? retired.pepper : undefined;

  const isSettled = async ({ version }: Pepper): Promise<boolean> => {
    const since = seenAt.get(version) ?? (await keys.pepperSeen(version, clock()));
    seenAt.set(version, since);
    return clock().getTime() - since.getTime() >= settlingMs;
  };

  return {
    current,
    async find(version) {
      const known = [await current(), ownPrevious()];
      const found = known.find((pepper) => pepper?.version === version);
      if (found !== undefined) return found;
      const before = await stored();
      return before?.version === version ? before : undefined;
    },
    async forWriting() {
      const now = await current();
      const before = ownPrevious() ?? (await stored());
      return before === undefined || (await isSettled(now)) ? now : before;
    },
  };
}

/** Every request asks, and the value changes once a year. */
function remembering(read: typeof pepperOf): typeof pepperOf {
  const last = new Map<string, { readonly text: string; readonly pepper: Pepper }>();
  return (secretName, text) => {
    const found = last.get(secretName);
    if (found?.text === text) return found.pepper;
    const pepper = read(secretName, text);
    last.set(secretName, { text, pepper });
    return pepper;
  };
}

/** Throws `secret_unavailable` with the secret's name for an ill-formed value. */
export function pepperOf(secretName: string, text: string): Pepper {
  const bytes = secretBytes(secretName, text);
  // No secret part of a key can be this text, so the version is no hash of any key.
  const digest = createHmac('sha256', bytes).update('version of the sluice key pepper');
  return { version: digest.digest('hex').slice(0, 16), bytes };
}
