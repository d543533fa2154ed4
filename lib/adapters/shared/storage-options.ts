import type { TokenCredential } from '@azure/core-auth';
import { isRestError, type PipelinePolicy, RestError } from '@azure/core-rest-pipeline';
import { asSluiceError, SluiceError } from '../../core/errors.ts';
import { requireEmulator } from './emulator-connection.ts';

/** Where one storage service is and how to sign in; blobs and tables each get their own. */
export type StorageAccount = IdentityAccount | EmulatorAccount;

export interface IdentityAccount {
  readonly kind: 'identity';
  /** Of the service that the adapter speaks to, e.g. `https://name.blob.core.windows.net`. */
  readonly serviceUrl: string;
  readonly credential: TokenCredential;
}

export interface EmulatorAccount {
  readonly kind: 'emulator';
  /** Adapters refuse it by TypeError when it names any other account. */
  readonly connectionString: string;
}

/** An account of the emulator; a connection string of any other account is refused by TypeError. */
export function emulatorAccount(connectionString: string): EmulatorAccount {
  requireEmulator(connectionString);
  return { kind: 'emulator', connectionString };
}

/** How often a call is tried, how long the waits between get, and how long one try may take. */
export interface StorageTries {
  readonly triesMax: number;
  readonly firstDelayMs: number;
  readonly delayMaxMs: number;
  readonly tryTimeoutMs: number;
}

/** Waits 14 to 28 seconds in all, so an outage of ten seconds is survived. */
export const storageTries: StorageTries = {
  triesMax: 5,
  firstDelayMs: 2500,
  delayMaxMs: 10_000,
  tryTimeoutMs: 30_000,
};

/**
 * Options for SDK clients that retry by themselves and take policies (tables), by `storageTries`.
 */
export function retryingClientOptions(tries: StorageTries = storageTries) {
  return {
    retryOptions: {
      maxRetries: tries.triesMax - 1,
      retryDelayInMs: tries.firstDelayMs,
      maxRetryDelayInMs: tries.delayMaxMs,
    },
    additionalPolicies: [
      { policy: tryTimeoutPolicy(tries.tryTimeoutMs), position: 'perRetry' as const },
    ],
  };
}

/** Ends one try after so many milliseconds with an error that the SDK's retry policy takes up. */
function tryTimeoutPolicy(tryTimeoutMs: number): PipelinePolicy {
  return {
    name: 'sluiceTryTimeoutPolicy',
    async sendRequest(request, next) {
      const callerSignal = request.abortSignal;
      const timeout = new AbortController();
      const timer = setTimeout(() => timeout.abort(), tryTimeoutMs);
      const forward = () => timeout.abort();
      callerSignal?.addEventListener('abort', forward);
      request.abortSignal = timeout.signal;
      try {
        return await next(request);
      } catch (error) {
        if (!timeout.signal.aborted || callerSignal?.aborted) throw error;
        throw timedOut(error);
      } finally {
        clearTimeout(timer);
        callerSignal?.removeEventListener('abort', forward);
        // The next try starts from the caller's own signal again.
        if (callerSignal === undefined) delete request.abortSignal;
        else request.abortSignal = callerSignal;
      }
    },
  };
}

// A code that the SDK's retry policy knows as trouble of the network.
function timedOut(cause: unknown): RestError {
  const error = new RestError('The storage did not answer in time.', { code: 'ETIMEDOUT' });
  error.cause = cause;
  return error;
}

/**
 * What a storage SDK threw, as ours: 412 is `changed_meanwhile`, everything else that comes from
 * outside is `storage_unavailable`. `what` says what was tried and goes to the log only.
 */
export function fromStorageError(error: unknown, what: string): SluiceError {
  if (error instanceof SluiceError) return error;
  if (error instanceof TypeError || error instanceof RangeError) return asSluiceError(error);
  const code = storageStatusOf(error) === 412 ? 'changed_meanwhile' : 'storage_unavailable';
  return new SluiceError(code, { internal: `${what}: ${describe(error)}`, cause: error });
}

/** The HTTP status in an error of a storage SDK, if it has one. */
export function storageStatusOf(error: unknown): number | undefined {
  return isRestError(error) ? error.statusCode : undefined;
}

// The SDK's messages may carry URLs; a code and a status tell enough.
function describe(error: unknown): string {
  if (isRestError(error))
    return `${error.code ?? error.name}, status ${error.statusCode ?? 'none'}`;
  return error instanceof Error ? error.name : typeof error;
}
