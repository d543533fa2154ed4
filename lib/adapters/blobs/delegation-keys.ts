import type { BlobServiceClient, UserDelegationKey } from '@azure/storage-blob';
import type { Clock } from '../../core/clock.ts';
import { callStorage } from '../shared/call-storage.ts';
import type { ReadOnlySas } from './read-only-sas.ts';

/** A key that is valid as long as the SAS is to be. */
export type DelegationKeys = (
  sas: Pick<ReadOnlySas, 'startsOn' | 'expiresOn'>,
) => Promise<UserDelegationKey>;

const hourMs = 60 * 60 * 1000;
const keyLifeMs = 9 * hourMs;

/**
 * Keeps one key and renews it at half its life, or as soon as a SAS would outlive it (a SAS dies
 * with its key). Callers at the same time share one request.
 */
export function createDelegationKeys(service: BlobServiceClient, now: Clock): DelegationKeys {
  let held: UserDelegationKey | undefined;
  let renewAt = 0;
  let renewing: Promise<UserDelegationKey> | undefined;

  async function renew({ startsOn, expiresOn }: Parameters<DelegationKeys>[0]) {
    const nowMs = now().getTime();
    const startMs = Math.min(startsOn.getTime(), nowMs);
    const endMs = Math.max(nowMs + keyLifeMs, expiresOn.getTime() + hourMs);
    const key = await callStorage({
      what: 'get a user delegation key',
      run: (abortSignal) =>
        service.getUserDelegationKey(new Date(startMs), new Date(endMs), { abortSignal }),
    });
    held = key;
    renewAt = nowMs + keyLifeMs / 2;
    return key;
  }

  return async (sas) => {
    // Whoever comes while another one renews looks at what that one got.
    while (renewing !== undefined) await renewing;
    if (held !== undefined && now().getTime() < renewAt && covers(held, sas)) return held;
    renewing = renew(sas);
    try {
      return await renewing;
    } finally {
      renewing = undefined;
    }
  };
}

function covers(key: UserDelegationKey, sas: Parameters<DelegationKeys>[0]): boolean {
  return key.signedStartsOn <= sas.startsOn && sas.expiresOn <= key.signedExpiresOn;
}
