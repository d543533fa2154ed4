import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { isRestError } from '@azure/core-rest-pipeline';
import {
  fromStorageError,
  type StorageTries,
  storageStatusOf,
  storageTries,
} from './storage-options.ts';

export interface StorageCall<T> {
  /** For the log: what is tried. */
  readonly what: string;
  /** One try; it must be harmless to make it twice. Its signal ends with the try's time. */
  readonly run: (signal: AbortSignal) => Promise<T>;
  readonly signal?: AbortSignal;
  readonly tries?: StorageTries;
}

/**
 * Tries a storage call up to five times while the trouble may pass. Throws the signal's reason
 * when it is aborted, else what `fromStorageError` makes of the last error.
 */
export async function callStorage<T>({
  what,
  run,
  signal,
  tries = storageTries,
}: StorageCall<T>): Promise<T> {
  for (let tried = 1; ; tried += 1) {
    signal?.throwIfAborted();
    const timeout = AbortSignal.timeout(tries.tryTimeoutMs);
    try {
      return await run(signal === undefined ? timeout : AbortSignal.any([signal, timeout]));
    } catch (error) {
      signal?.throwIfAborted();
      const mayPass = timeout.aborted || isNetworkOrServerTrouble(error);
      if (tried === tries.triesMax || !mayPass) throw fromStorageError(error, what);
    }
    await wait(delayMsAfter(tried, tries), signal);
  }
}

/** Undefined instead of an error with this status. */
export async function absentAs<T>(status: number, answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (storageStatusOf(error) === status) return undefined;
    throw error;
  }
}

function isNetworkOrServerTrouble(error: unknown): boolean {
  if (!isRestError(error)) return false;
  const { statusCode } = error;
  return statusCode === undefined || statusCode === 408 || statusCode === 429 || statusCode >= 500;
}

// Half of it is random, so that many callers do not come back all at once.
function delayMsAfter(tried: number, { firstDelayMs, delayMaxMs }: StorageTries): number {
  const fullMs = Math.min(firstDelayMs * 2 ** (tried - 1), delayMaxMs);
  return fullMs / 2 + randomInt(fullMs / 2);
}

async function wait(waitMs: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await delay(waitMs, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}
