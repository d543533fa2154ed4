import type { Clock } from '../../core/clock.ts';
import { SluiceError } from '../../core/errors.ts';
import type { OptionalSecretStore, SecretStore } from '../../core/secrets.ts';

/**
 * What asking for a secret gave; `passing` says whether an old value may still be used, `missing` that
 * there is no such secret.
 */
export type SecretReading =
  | { readonly ok: true; readonly value: string }
  | {
      readonly ok: false;
      readonly passing: boolean;
      readonly missing?: boolean;
      readonly error: SluiceError;
    };

const freshMs = 10 * 60_000;
const staleMs = 60 * 60_000;
/** While the vault is in trouble and an old value is used, it is asked no more often than this. */
const askAgainMs = 30_000;

/** How long a caller waits for the vault: without any value, and when an old one is at hand. */
const firstReadMs = 10_000;
const rereadMs = 2_000;

interface Kept {
  readonly value: string;
  readonly readAtMs: number;
  /** When the store was asked last, whatever came of it. */
  readonly askedAtMs: number;
  readonly askAtMs: number;
}

/**
 * Keeps each secret for ten minutes, or for as long as the caller allows, asks once for callers that
 * come together, and goes on with the old value for up to an hour while there is passing trouble.
 * Secrets are few: the catalog names them.
 */
export function cachedSecrets(
  read: (name: string, timeoutMs: number) => Promise<SecretReading>,
  clock: Clock,
): SecretStore & OptionalSecretStore {
  const kept = new Map<string, Kept>();
  /** When the store said that there is no such secret. */
  const missing = new Map<string, number>();
  const pending = new Map<string, Promise<string>>();

  const refresh = async (name: string): Promise<string> => {
    const old = kept.get(name);
    const reading = await read(name, old === undefined ? firstReadMs : rereadMs);
    const nowMs = clock().getTime();
    if (!reading.ok && reading.missing === true) missing.set(name, nowMs);
    else missing.delete(name);
    const next = whatToKeep(reading, old, nowMs);
    if (next instanceof SluiceError) {
      kept.delete(name);
      throw next;
    }
    kept.set(name, next);
    return next.value;
  };

  const get = async (name: string, maxAgeMs = freshMs): Promise<string> => {
    const found = kept.get(name);
    if (found !== undefined && mayServe(found, maxAgeMs, clock().getTime())) return found.value;
    const running = pending.get(name) ?? refresh(name).finally(() => pending.delete(name));
    pending.set(name, running);
    return running;
  };

  return {
    get,
    async find(name, maxAgeMs) {
      const missingSinceMs = missing.get(name) ?? Number.NEGATIVE_INFINITY;
      if (clock().getTime() - missingSinceMs < (maxAgeMs ?? 0)) return undefined;
      try {
        return await get(name, maxAgeMs);
      } catch (error) {
        if (missing.has(name)) return undefined;
        throw error;
      }
    },
  };
}

/** A store in trouble is not asked more often because somebody wants fresher values. */
function mayServe({ askAtMs, askedAtMs }: Kept, maxAgeMs: number, nowMs: number): boolean {
  return nowMs < askAtMs && nowMs - askedAtMs < maxAgeMs;
}

function whatToKeep(
  reading: SecretReading,
  old: Kept | undefined,
  nowMs: number,
): Kept | SluiceError {
  if (reading.ok) {
    const { value } = reading;
    return { value, readAtMs: nowMs, askedAtMs: nowMs, askAtMs: nowMs + freshMs };
  }
  const endMs = (old?.readAtMs ?? 0) + staleMs;
  if (!reading.passing || old === undefined || nowMs >= endMs) return reading.error;
  const againMs = Math.max(nowMs + askAgainMs, old.readAtMs + freshMs);
  return { ...old, askedAtMs: nowMs, askAtMs: Math.min(againMs, endMs) };
}
